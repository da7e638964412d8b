import { StateMachine } from 'aws-local-stepfunctions'
import { readPath, type Segment, segmentsOf } from './paths.ts'
import { StateFailure } from './state-failure.ts'

export type Context = Record<string, unknown>

const UNCHECKED = { validationOptions: { noValidate: true } }
const INDEFINITE = /\.\.|\*|\[\?|:|,/

type LibraryDefinition = ConstructorParameters<typeof StateMachine>[0]

// The library overwrites `$$.Execution.Input` and `.StartTime` with those of the one-state machine.
const hideExecution = (text: string) => text.replaceAll('$$.Execution', () => '$$.execution')

/** A library machine that does one state's data work. Its paths see our context object. */
export function createEvaluator(definition: object): (data: unknown, context: Context) => Promise<unknown> {
  const hidden = JSON.parse(hideExecution(JSON.stringify(definition))) as LibraryDefinition
  const machine = new StateMachine(hidden, UNCHECKED)
  return (data, context) =>
    machine.run(data as Parameters<typeof machine.run>[0], {
      context: { ...context, execution: context.Execution },
    }).result
}

type Compiled = { segments: Segment[] } | { evaluate: ReturnType<typeof createEvaluator> }

/** One entry per expression text of the registered definitions, so it does not grow with executions. */
const compiled = new Map<string, Compiled>()

function compile(expression: string): Compiled {
  const known = compiled.get(expression)
  if (known) return known
  const segments = segmentsOf(expression)
  const state = { Type: 'Pass', Parameters: { 'value.$': expression }, End: true }
  const fresh = segments
    ? { segments }
    : { evaluate: createEvaluator({ StartAt: 'Evaluate', States: { Evaluate: state } }) }
  compiled.set(expression, fresh)
  return fresh
}

/** The value of a path (`$...`, `$$...`) or an intrinsic function (`States...`). */
export async function evaluate(expression: string, data: unknown, context: Context): Promise<unknown> {
  const work = compile(expression)
  if ('segments' in work) {
    const value = readPath(work.segments, expression.startsWith('$$') ? context : data)
    if (value === undefined) throw notFound(expression)
    return value
  }
  try {
    return ((await work.evaluate(data, context)) as { value: unknown }).value
  } catch (error) {
    return recover(expression, error)
  }
}

// AWS gives an empty list where a path that may match many matches none; the library throws.
function recover(expression: string, error: unknown): unknown {
  const reason = reasonOf(error)
  const missing = reason.includes('does not point to a value')
  if (!expression.startsWith('$')) {
    throw new StateFailure(missing ? 'States.Runtime' : 'States.IntrinsicFailure', reason)
  }
  if (missing && INDEFINITE.test(expression)) return []
  throw new StateFailure('States.Runtime', reason)
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

function notFound(path: string): StateFailure {
  return new StateFailure('States.Runtime', `the JSONPath '${path}' could not be found in the input`)
}

/** Fills a payload template: every key that ends in `.$` is replaced by the value of its expression. */
export async function fillTemplate(template: unknown, data: unknown, context: Context): Promise<unknown> {
  if (Array.isArray(template)) {
    return Promise.all(template.map((item) => fillTemplate(item, data, context)))
  }
  if (typeof template !== 'object' || template === null) return template
  const filled: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(template)) {
    if (key.endsWith('.$')) filled[key.slice(0, -2)] = await evaluate(value as string, data, context)
    else filled[key] = typeof value === 'object' ? await fillTemplate(value, data, context) : value
  }
  return filled
}

/** InputPath and OutputPath: absent means all, null means an empty object. */
export async function selectPath(path: string | null | undefined, data: unknown, context: Context) {
  if (path === undefined || path === '$') return data
  return path === null ? {} : evaluate(path, data, context)
}
