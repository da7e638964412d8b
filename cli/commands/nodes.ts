import { setTimeout as sleep } from 'node:timers/promises'
import type { Node } from '#client/nodes.ts'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { duration } from '../duration.ts'
import { EXIT } from '../exit.ts'
import { shortId } from '../jobs/short-ids.ts'
import { cell } from '../output/format.ts'

type PowerOptions = { seconds?: number; wait?: true }

const EVERY_MS = 500

export function nodes(run: Run): Verb {
  const noun = new Verb('nodes', run)
    .description("Bare-metal nodes, in Ironic's words.")
    .alias('node') as Verb
  noun.addCommand(
    new Verb('list', run)
      .description('Lists the nodes.')
      .work<object, []>(list)
      .examples('standdown nodes list', 'standdown nodes list -o json'),
  )
  noun.addCommand(
    new Verb('show', run)
      .description('Shows a node, with what it can be told to become.')
      .argument('<node>', 'its uuid or its name')
      .work<object, [string]>(async (context, _options, node) => {
        printNode(context, await (await context.client()).nodes.get(node))
      })
      .examples('standdown nodes show demo'),
  )
  noun.addCommand(
    new Verb('power', run)
      .description(
        'Changes the power of a node; a target that begins with abort ends the operation that runs.',
      )
      .argument('<node>', 'its uuid or its name')
      .argument('<target...>', 'as power on, soft power off, abort soft power off')
      .option('--seconds <time>', 'how long it may take: 90s, 5m', duration)
      .option('-w, --wait', 'stay until it is done')
      .work<PowerOptions, [string, string[]]>(power)
      .examples(
        'standdown nodes power demo power on',
        'standdown nodes power demo abort soft power off --wait',
      ),
  )
  return noun
}

async function list(context: Context): Promise<void> {
  const found = await (await context.client()).nodes.list()
  const uuids = found.map(({ uuid }) => uuid)
  context.out.list(found, {
    head: ['UUID', 'NAME', 'DRIVER', 'POWER', 'BECOMES', 'LAST ERROR'],
    row: (node) => [
      shortId(node.uuid, uuids),
      cell(node.name ?? ''),
      node.driver,
      node.power_state ?? '',
      node.target_power_state ?? '',
      cell(node.last_error ?? ''),
    ],
    id: ({ uuid }) => uuid,
    empty: 'no nodes; POST /nodes makes one',
  })
}

function printNode({ out }: Context, node: Node): void {
  const rows = [
    ['uuid', node.uuid],
    ['name', node.name],
    ['driver', node.driver],
    ['power', node.power_state],
    ['becomes', node.target_power_state],
    ['job', node.job_execution_id],
    ['last error', node.last_error],
    ['can become', node.supported_power_states.join(', ')],
  ]
  const text = (): string =>
    out.table(
      ['', ''],
      rows.map(([name, value]) => [name ?? '', cell(value ?? '')]),
    )
  out.one(node, { text, id: ({ uuid }) => uuid })
}

async function power(
  context: Context,
  { seconds, wait }: PowerOptions,
  ...[node, words]: [string, string[]]
): Promise<void> {
  const client = await context.client()
  await client.nodes.setPower(node, { target: words.join(' '), seconds })
  let now = await client.nodes.get(node)
  while (wait && now.target_power_state !== null) {
    await sleep(EVERY_MS)
    now = await client.nodes.get(node)
  }
  printNode(context, now)
  if (wait && now.power_state === 'error') context.code = EXIT.failed
}
