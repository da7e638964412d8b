import { AwsError } from '#local/types.ts'
import type { Body } from '../definition.ts'
import { notRedrivable, seconds } from '../description.ts'
import type { EventRow, ExecutionRow } from '../execution-log.ts'
import type { Input } from './request-fields.ts'
import { type Desk, findExecution, findMachine } from './service.ts'

/** Runs an ended execution again from the top-level state that did not succeed, with that state's input. */
export function redriveExecution(desk: Desk, input: Input): { redriveDate: number } {
  const row = findExecution(desk, input)
  const now = Date.now()
  const reason = notRedrivable(row, now)
  if (reason) throw new AwsError('ExecutionNotRedrivable', reason)
  const machine = findMachine(desk, row.machine)
  const body = JSON.parse(desk.store.definition(row.definition)) as Body
  const start = resumePoint(desk, row, body)
  const lastEvent = desk.store.lastEvent(row.id)
  desk.store.redrive(row.id, now)
  const fresh = desk.store.find(row.arn) ?? row
  const details = { redriveCount: fresh.redrive_count }
  desk.executions.launch({
    row: fresh,
    machine,
    body,
    start,
    first: { type: 'ExecutionRedriven', details: { executionRedrivenEventDetails: details } },
    lastEvent,
  })
  return { redriveDate: seconds(now) }
}

type Entered = { stateEnteredEventDetails: { name: string; input: string } }

// State names are unique in a whole machine, so a top-level name in an event is that top-level state.
function resumePoint(desk: Desk, row: ExecutionRow, body: Body): { at: string; data: unknown } {
  for (const event of backwards(desk, row)) {
    if (!event.type.endsWith('StateEntered')) continue
    const { name, input } = (JSON.parse(event.details ?? '{}') as Entered).stateEnteredEventDetails
    if (Object.hasOwn(body.States, name)) return { at: name, data: JSON.parse(input) }
  }
  return { at: body.StartAt, data: JSON.parse(row.input) }
}

function* backwards(desk: Desk, row: ExecutionRow): Generator<EventRow> {
  let before = Number.MAX_SAFE_INTEGER
  for (;;) {
    const page = desk.store.events(row.id, { after: before, limit: 200, reverse: true })
    yield* page
    const last = page.at(-1)
    if (!last) return
    before = last.id
  }
}
