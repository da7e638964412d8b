import { AwsError } from '#local/types.ts'
import type { Body } from '../definition.ts'
import { notRedrivable, seconds } from '../description.ts'
import type { EventRow, ExecutionRow } from '../execution-log.ts'
import type { Input } from './request-fields.ts'
import { findExecution, findMachine, type Service } from './service.ts'

/** Runs an ended execution again from the top-level state that did not succeed, with that state's input. */
export function redriveExecution(service: Service, input: Input): { redriveDate: number } {
  const row = findExecution(service, input)
  const now = Date.now()
  const reason = notRedrivable(row, now)
  if (reason) throw new AwsError('ExecutionNotRedrivable', reason)
  const machine = findMachine(service, row.machine)
  const body = JSON.parse(service.log.definition(row.definition)) as Body
  const start = resumePoint(service, row, body)
  const lastEvent = service.log.lastEvent(row.id)
  service.log.redrive(row.id, now)
  const fresh = service.log.find(row.arn) ?? row
  const details = { redriveCount: fresh.redrive_count }
  service.executions.launch({
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
function resumePoint(service: Service, row: ExecutionRow, body: Body): { at: string; data: unknown } {
  for (const event of backwards(service, row)) {
    if (!event.type.endsWith('StateEntered')) continue
    const { name, input } = (JSON.parse(event.details ?? '{}') as Entered).stateEnteredEventDetails
    if (Object.hasOwn(body.States, name)) return { at: name, data: JSON.parse(input) }
  }
  return { at: body.StartAt, data: JSON.parse(row.input) }
}

function* backwards(service: Service, row: ExecutionRow): Generator<EventRow> {
  let before = Number.MAX_SAFE_INTEGER
  for (;;) {
    const page = service.log.events(row.id, { after: before, limit: 200, reverse: true })
    yield* page
    const last = page.at(-1)
    if (!last) return
    before = last.id
  }
}
