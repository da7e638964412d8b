import type { ListedTemplate } from '#core/api/answers.ts'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { cell } from '../output/format.ts'

type Property = {
  type?: string
  description?: string
  properties?: Record<string, Property>
  required?: string[]
}

export const templates = (run: Run): Verb =>
  new Verb('templates', run)
    .summary('list what jobs there are, or show one kind')
    .description('Lists the job templates, or shows one: its input, its steps, where it can be aborted.')
    .argument('[name]', 'one of them')
    .work<object, [string | undefined]>(showTemplates)
    .examples('standdown templates', 'standdown templates object-migration') as Verb

async function showTemplates(context: Context, _options: object, name: string | undefined): Promise<void> {
  const client = await context.client()
  const { out } = context
  if (name !== undefined) {
    return out.one(await client.template(name), {
      text: (one) => textOf(context, one),
      id: (one) => one.name,
    })
  }
  const { items } = await client.templates()
  out.list(items, {
    head: ['NAME', 'ABORT', 'DESCRIPTION'],
    row: (one) => [cell(one.name), one.abort_modes.join(', '), cell(one.description)],
    id: (one) => one.name,
    empty: 'no templates are deployed',
  })
}

function textOf({ out }: Context, template: ListedTemplate): string {
  const steps = template.steps.map(({ name, abortable, hooks, irreversible }) => [
    cell(name),
    abortable,
    hooks?.join(', ') ?? '',
    cell(irreversible ?? ''),
  ])
  return [
    `${out.paint('bold', template.name)}  ${cell(template.description)}`,
    '',
    out.table(['INPUT', 'TYPE', ''], [...inputRows((template.input_schema ?? {}) as Property)]),
    '',
    out.table(['STEP', 'STOPS AT', 'HOOKS', 'CANNOT BE UNDONE'], steps),
  ].join('\n')
}

/** As `--input` names them: what is required has a star. */
function* inputRows({ properties = {}, required = [] }: Property, above = ''): Generator<string[]> {
  for (const [name, property] of Object.entries(properties)) {
    const path = above + name
    yield [
      cell(path + (required.includes(name) ? ' *' : '')),
      cell(String(property.type ?? '')),
      cell(property.description ?? ''),
    ]
    yield* inputRows(property, `${path}.`)
  }
}
