import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '#client/client.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { stepLabel } from '#core/step/step.ts'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { resolveId } from '../jobs/resolve-id.ts'
import { cell } from '../output/format.ts'
import type { Paint } from '../output/paint.ts'

type Options = { follow?: true }

const EVERY_MS = 700
/** A job's last notification is there soon after its end, or was lost. */
const LAST_WAIT_MS = 30_000

export const events = (run: Run): Verb =>
  new Verb('events', run)
    .summary("list a job's notifications")
    .description("Lists a job's notifications in order; in a pipe one a line with --follow.")
    .argument('[id]', 'a job; shortened where only one begins so', '@last')
    .option('-f, --follow', 'go on until the last one')
    .work<Options, [string]>(showEvents)
    .examples(
      'standdown events @last',
      'standdown events 4f1c2a7e --follow -o ndjson | jq .event_type',
    ) as Verb

async function showEvents(context: Context, { follow }: Options, given: string): Promise<void> {
  const client = await context.client()
  const id = await resolveId(context, given)
  const { out } = context
  const view = {
    text: (one: Notification) => lineOf(one, out.paint),
    id: (one: Notification) => one.message_id,
  }
  if (follow) {
    for await (const one of following(client, id)) out.next(one, view)
    return
  }
  const all = (await readFrom(client, id, undefined)).items
  if (out.format === 'table') for (const one of all) out.next(one, view)
  else out.list(all, { head: [], row: () => [], id: view.id, empty: '' })
}

type Read = { items: Notification[]; token: string | undefined }

/** From that page to the last one, whose token it answers: more may come to it. */
async function readFrom(client: Client, id: string, from: string | undefined): Promise<Read> {
  const items: Notification[] = []
  let token = from
  for (;;) {
    const page = await client.events(id, { next_token: token })
    items.push(...page.items)
    if (!page.next_token) return { items, token }
    token = page.next_token
  }
}

async function* following(client: Client, id: string): AsyncGenerator<Notification, void> {
  const seen = new Set<string>()
  const isNew = ({ message_id }: Notification): boolean =>
    !seen.has(message_id) && Boolean(seen.add(message_id))
  let token: string | undefined
  let isOver = false
  let endedAt: number | undefined
  for (;;) {
    // The state first: what was told before its end is then in what is read.
    const { ended_at } = await client.job(id)
    // Two of one millisecond may come in another order than they are kept in: at the end all are looked at.
    const read = await readFrom(client, id, ended_at === null ? token : undefined)
    token = read.token
    for (const one of read.items.filter(isNew)) {
      isOver ||= isLast(one)
      yield one
    }
    if (ended_at !== null) endedAt ??= Date.now()
    if (isOver || (endedAt !== undefined && Date.now() - endedAt > LAST_WAIT_MS)) return
    await sleep(EVERY_MS)
  }
}

const isLast = ({ event_type, payload }: Notification): boolean =>
  payload.data.step === null && /\.(execution|cancel)\.(end|error)$/.test(event_type)

function lineOf({ timestamp, event_type, payload, priority }: Notification, paint: Paint): string {
  const { step, state, fault } = payload.data
  const what = priority === 'ERROR' ? paint('red', event_type) : event_type
  const more = fault ? `  ${cell(`${fault.exception}: ${fault.exception_message}`)}` : ''
  return `${paint('dim', timestamp)}  ${what}  ${step ? `${stepLabel(step)} ` : ''}${state}${more}`
}
