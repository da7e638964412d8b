import { describe, expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { DEADLINE, EXTERNAL, type JobEvent, nextJob } from '#core/job/reducer.ts'
import { isTerminal, JOB_EDGES, type State } from '#core/states.ts'
import { abort, asked, close, create, ended, FAULT, JOBS, jobAfter, NOW, settle } from '../samples.ts'

const EVENTS: Record<string, JobEvent> = {
  create,
  begin: { type: 'begin', at: NOW },
  commit: { type: 'commit', at: NOW },
  'abort graceful': abort('graceful'),
  'abort force': abort('force'),
  escalate: { type: 'escalate', at: NOW },
  'close ABORTED': close('ABORTED'),
  'close FAILED': close('FAILED'),
  'close SUCCEEDED': close('SUCCEEDED'),
  restart: { type: 'restart', at: NOW, generation: 1 },
  settle: settle(),
  'settle, failed': settle(FAULT),
}

const LETTERS: Record<string, State> = {
  P: 'PENDING',
  O: 'ONGOING',
  C: 'CANCELLING',
  X: 'CANCELLED',
  S: 'SUCCEEDED',
  F: 'FAILED',
}

/** What each event, in the order above, makes of it: a state's letter when it is written, else `same` or why not. */
const TABLE: Record<string, string> = {
  PENDING: 'same O early C C open C P P P open open',
  'PENDING, closed': 'same closed closed closed closed open same same same P F F',
  ONGOING: 'same same S C C open C O O O open open',
  'ONGOING, closed': 'same closed closed closed closed open same same same O F F',
  'CANCELLING, graceful': 'same aborted aborted same C early C C C C open open',
  'CANCELLING, force': 'same aborted aborted same same early C C C C open open',
  'CANCELLING, graceful, closed': 'same aborted aborted same C early same same same C X F',
  'CANCELLING, force, closed': 'same aborted aborted same same early same same same C X F',
  CANCELLED: 'same ended ended ended ended ended ended ended ended ended same same',
  SUCCEEDED: 'same ended same ended ended ended ended ended ended ended same same',
  FAILED: 'same ended ended ended ended ended ended ended ended ended same same',
  'FAILED, of a clean-up': 'same ended ended ended ended ended ended ended ended ended same same',
}

const CASES = Object.entries(TABLE).flatMap(([state, row]) =>
  row.split(' ').map((cell, i) => [state, Object.keys(EVENTS)[i]!, LETTERS[cell] ?? cell] as const),
)

const told = (outcome: ReturnType<typeof nextJob>): string => {
  if (outcome.kind === 'refused') return outcome.reason
  return outcome.kind === 'same' ? 'same' : outcome.item.state
}

describe('every event in every state of a job', () => {
  test.each(CASES)('%s, then %s: %s', (state, event, expected) => {
    const job = JOBS[state]!
    const outcome = nextJob(job, EVENTS[event]!)
    expect(told(outcome)).toBe(expected)
    if (outcome.kind !== 'write') return expect(outcome.item).toBe(job)
    const edge = outcome.item.state === job.state || JOB_EDGES[job.state].includes(outcome.item.state)
    expect(edge).toBe(true)
    expect(isTerminal(job.state)).toBe(false)
    expect(outcome.item.version).toBe(job.version + 1)
    expect(outcome.item.epoch).toBeGreaterThanOrEqual(job.epoch)
  })
})

test.each(CASES.filter(([, , told]) => told in JOB_EDGES))(
  '%s, then %s twice, as when the reply was lost: the second changes nothing',
  (state, event) => {
    const first = nextJob(JOBS[state]!, EVENTS[event]!)
    const second = nextJob(first.item, EVENTS[event]!)
    expect(second.kind).not.toBe('write')
    expect(second.item).toBe(first.item)
  },
)

test('every event but create is refused where there is no job', () => {
  for (const event of Object.values(EVENTS).slice(1)) expect(told(nextJob(undefined, event))).toBe('unknown')
})

test('a second abort keeps the first who, when and why', () => {
  const job = jobAfter(abort('graceful', { reason: 'first', requested_by: 'anna' }))
  const again = nextJob(job, abort('graceful', { reason: 'second', requested_by: 'ben', rollback: true }))
  expect(again).toEqual({ kind: 'same', item: job })
})

test('force after graceful is recorded as an escalation beside the first request', () => {
  const job = jobAfter(abort('graceful', { reason: 'first', requested_by: 'anna' }))
  const { item } = nextJob(job, abort('force', { reason: 'faster', requested_by: 'ben' }))
  expect(item?.abort_request).toMatchObject({ mode: 'force', reason: 'first', requested_by: 'anna' })
  const escalation = { mode: 'force', reason: 'faster', requested_by: 'ben', requested_at: NOW }
  expect(item?.abort_request?.escalations).toEqual([escalation])
  expect(item?.epoch).toBe(job.epoch + 1)
})

test('force while the job is stood down does not raise the epoch: nothing starts anew', () => {
  const job = JOBS['CANCELLING, graceful, closed']!
  expect(nextJob(job, abort('force')).item?.epoch).toBe(job.epoch)
})

test('a passed deadline escalates once, in the name of the deadline', () => {
  const job = jobAfter(abort('graceful', { force_at: NOW }))
  const { item } = nextJob(job, { type: 'escalate', at: NOW })
  expect(item?.abort_request?.escalations.map((one) => one.requested_by)).toEqual([DEADLINE])
  expect(nextJob(item, { type: 'escalate', at: NOW })).toEqual({ kind: 'same', item })
})

test.each([
  ['both given', { error: 'E', cause: 'c' }, 'E: c'],
  ['only an error', { error: 'E', cause: null }, 'E'],
  ['neither', { error: null, cause: null }, null],
])('a stop past Standdown is an abort by external, with %s', (_title, told, reason) => {
  const event: JobEvent = { type: 'close', at: NOW, end: { status: 'ABORTED', ...told } }
  const request = nextJob(JOBS.ONGOING, event).item?.abort_request
  expect(request).toMatchObject({ mode: 'force', requested_by: EXTERNAL, reason })
})

test('an execution that fails while the job is being cancelled leaves it cancelled', () => {
  const job = jobAfter(abort('graceful'), close('FAILED'))
  expect(nextJob(job, settle()).item).toMatchObject({ state: 'CANCELLED', fault: null })
})

test('an execution that ended without a commit says so in the fault', () => {
  const job = jobAfter({ type: 'close', at: NOW, end: ended('SUCCEEDED') })
  const { item } = nextJob(job, settle())
  expect(item?.fault?.exception_message).toBe('the execution ended SUCCEEDED without a commit')
})

test('an abort keeps what was asked: rollback and the deadline', () => {
  const { item } = nextJob(JOBS.ONGOING as Job, abort('graceful', { rollback: true, force_at: NOW }))
  const expected = {
    ...asked('graceful', { rollback: true, force_at: NOW }),
    requested_at: NOW,
    escalations: [],
  }
  expect(item?.abort_request).toEqual(expected)
})
