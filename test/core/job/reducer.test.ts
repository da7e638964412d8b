import { expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { DEADLINE, EXTERNAL, type JobEvent, nextJob, RUNTIME_ENDED } from '#core/job/reducer.ts'
import { JOB_EDGES } from '#core/states.ts'
import {
  abort,
  abortOptions,
  begin,
  beginAgain,
  beginOfAnother,
  cleanUpAgain,
  cleanUpEnded,
  close,
  create,
  EARLIER,
  ended,
  FAULT,
  JOBS,
  jobAfter,
  LATER,
  NOW,
  settle,
} from '../samples.ts'
import { testTransitions, transitionsIn, writesIn } from '../transitions.ts'

const EVENTS: Record<string, JobEvent> = {
  create,
  begin,
  'begin, resumes': beginAgain,
  'begin of another': beginOfAnother,
  commit: { type: 'commit', at: NOW },
  'abort, graceful': abort('graceful'),
  'abort, force': abort('force'),
  escalate: { type: 'escalate', at: NOW },
  'close, ABORTED': close('ABORTED'),
  'close, FAILED': close('FAILED'),
  'close, SUCCEEDED': close('SUCCEEDED'),
  restart: { type: 'restart', at: NOW, generation: 1 },
  'restart of a run': { type: 'restart', at: NOW, generation: 1, run: 1 },
  settle: settle(),
  'settle, with a fault': settle(FAULT),
  'clean-up again': cleanUpAgain,
  'clean-up ended': cleanUpEnded(),
}

const TRANSITIONS = transitionsIn(`
| event                | PENDING        | PENDING, closed | ONGOING        | ONGOING, closed |
|----------------------|----------------|-----------------|----------------|-----------------|
| create               | same           | same            | same           | same            |
| begin                | -> ONGOING     | refused: closed | same           | refused: closed |
| begin, resumes       | -> ONGOING     | refused: closed | same           | refused: closed |
| begin of another     | refused: taken | refused: taken  | refused: taken | refused: taken  |
| commit               | refused: early | refused: closed | -> SUCCEEDED   | refused: closed |
| abort, graceful      | -> CANCELLING  | refused: closed | -> CANCELLING  | refused: closed |
| abort, force         | -> CANCELLING  | -> CANCELLING   | -> CANCELLING  | -> CANCELLING   |
| escalate             | refused: open  | refused: open   | refused: open  | refused: open   |
| close, ABORTED       | -> CANCELLING  | same            | -> CANCELLING  | same            |
| close, FAILED        | written        | same            | written        | same            |
| close, SUCCEEDED     | written        | same            | written        | same            |
| restart              | written        | written         | written        | written         |
| restart of a run     | refused: ended | refused: ended  | refused: ended | refused: ended  |
| settle               | refused: open  | -> FAILED       | refused: open  | -> FAILED       |
| settle, with a fault | refused: open  | -> FAILED       | refused: open  | -> FAILED       |
| clean-up again       | refused: open  | refused: open   | refused: open  | refused: open   |
| clean-up ended       | same           | same            | same           | same            |

| event                | CANCELLING, graceful | CANCELLING, force | CANCELLING, graceful, closed | CANCELLING, force, closed |
|----------------------|----------------------|-------------------|------------------------------|---------------------------|
| create               | same                 | same              | same                         | same                      |
| begin                | refused: aborted     | refused: aborted  | refused: aborted             | refused: aborted          |
| begin, resumes       | same                 | refused: aborted  | refused: aborted             | refused: aborted          |
| begin of another     | refused: taken       | refused: taken    | refused: taken               | refused: taken            |
| commit               | refused: aborted     | refused: aborted  | refused: aborted             | refused: aborted          |
| abort, graceful      | same                 | same              | same                         | same                      |
| abort, force         | written              | same              | written                      | same                      |
| escalate             | refused: early       | refused: early    | refused: early               | refused: early            |
| close, ABORTED       | written              | written           | same                         | same                      |
| close, FAILED        | written              | written           | same                         | same                      |
| close, SUCCEEDED     | written              | written           | same                         | same                      |
| restart              | written              | written           | written                      | written                   |
| restart of a run     | refused: ended       | refused: ended    | refused: ended               | refused: ended            |
| settle               | refused: open        | refused: open     | -> CANCELLED                 | -> CANCELLED              |
| settle, with a fault | refused: open        | refused: open     | -> FAILED                    | -> FAILED                 |
| clean-up again       | refused: open        | refused: open     | refused: open                | refused: open             |
| clean-up ended       | same                 | same              | same                         | same                      |

| event                | CANCELLED      | SUCCEEDED      | FAILED         |
|----------------------|----------------|----------------|----------------|
| create               | same           | same           | same           |
| begin                | refused: ended | refused: ended | refused: ended |
| begin, resumes       | refused: ended | refused: ended | refused: ended |
| begin of another     | refused: taken | refused: taken | refused: taken |
| commit               | refused: ended | same           | refused: ended |
| abort, graceful      | refused: ended | refused: ended | refused: ended |
| abort, force         | refused: ended | refused: ended | refused: ended |
| escalate             | refused: ended | refused: ended | refused: ended |
| close, ABORTED       | refused: ended | refused: ended | refused: ended |
| close, FAILED        | refused: ended | refused: ended | refused: ended |
| close, SUCCEEDED     | refused: ended | refused: ended | refused: ended |
| restart              | refused: ended | refused: ended | refused: ended |
| restart of a run     | refused: ended | refused: ended | refused: ended |
| settle               | same           | same           | same           |
| settle, with a fault | same           | same           | same           |
| clean-up again       | refused: ended | refused: ended | refused: clean |
| clean-up ended       | same           | same           | same           |

| event                | FAILED, of a clean-up | FAILED, cleaning up | FAILED, cleaned up |
|----------------------|-----------------------|---------------------|--------------------|
| create               | same                  | same                | same               |
| begin                | refused: ended        | refused: ended      | refused: ended     |
| begin, resumes       | refused: ended        | refused: ended      | refused: ended     |
| begin of another     | refused: taken        | refused: taken      | refused: taken     |
| commit               | refused: ended        | refused: ended      | refused: ended     |
| abort, graceful      | refused: ended        | refused: ended      | refused: ended     |
| abort, force         | refused: ended        | refused: ended      | refused: ended     |
| escalate             | refused: ended        | refused: ended      | refused: ended     |
| close, ABORTED       | refused: ended        | refused: ended      | refused: ended     |
| close, FAILED        | refused: ended        | refused: ended      | refused: ended     |
| close, SUCCEEDED     | refused: ended        | refused: ended      | refused: ended     |
| restart              | refused: ended        | refused: ended      | refused: ended     |
| restart of a run     | refused: ended        | written             | refused: ended     |
| settle               | same                  | same                | same               |
| settle, with a fault | same                  | same                | same               |
| clean-up again       | written               | same                | refused: clean     |
| clean-up ended       | same                  | written             | same               |
`)

testTransitions(TRANSITIONS, {
  next: nextJob,
  items: JOBS,
  events: EVENTS,
  edges: JOB_EDGES,
  cleanedAgain: ['FAILED, of a clean-up', 'FAILED, cleaning up'],
})

test.each(writesIn(TRANSITIONS))(
  '$state, then $event twice, as when the reply was lost: the second changes nothing',
  ({ state, event }) => {
    const first = nextJob(JOBS[state], EVENTS[event]!)
    const second = nextJob(first.item, EVENTS[event]!)
    expect(second.kind).not.toBe('write')
    expect(second.item).toBe(first.item)
  },
)

test('every event but create is refused where there is no job', () => {
  const refused = { kind: 'refused', reason: 'unknown', item: undefined }
  for (const event of Object.values(EVENTS).slice(1)) expect(nextJob(undefined, event)).toEqual(refused)
})

test('a second abort keeps the first who, when and why', () => {
  const job = jobAfter(abort('graceful', { reason: 'first', requested_by: 'anna' }))
  const again = nextJob(job, abort('graceful', { reason: 'second', requested_by: 'ben' }))
  expect(again).toEqual({ kind: 'same', item: job })
})

test.each(['graceful', 'force'] as const)(
  'a rollback may be added to a running abort, by %s: an escalation',
  (mode) => {
    const job = jobAfter(abort(mode, { reason: 'first', requested_by: 'anna' }))
    const { item } = nextJob(job, abort('graceful', { reason: 'undo', requested_by: 'ben', rollback: true }))
    const by = { reason: 'undo', requested_by: 'ben', requested_at: NOW }
    expect(item?.abort_request).toMatchObject({ mode, rollback: true, reason: 'first', requested_by: 'anna' })
    expect(item?.abort_request?.escalations).toEqual([{ mode, rollback: true, force_at: null, ...by }])
    expect(nextJob(item, abort('force', { rollback: true })).kind).toBe(mode === 'force' ? 'same' : 'write')
  },
)

test('a deadline may be made earlier, never later', () => {
  const job = jobAfter(abort('graceful', { force_at: LATER }))
  const sooner = nextJob(job, abort('graceful', { force_at: NOW })).item
  expect(sooner?.abort_request).toMatchObject({ force_at: NOW, escalations: [{ force_at: NOW }] })
  expect(nextJob(sooner, abort('graceful', { force_at: LATER }))).toEqual({ kind: 'same', item: sooner })
  const forced = JOBS['CANCELLING, force']!
  expect(nextJob(forced, abort('graceful', { force_at: NOW }))).toEqual({ kind: 'same', item: forced })
})

test('once the stand-down has begun an abort gets neither a rollback nor a deadline', () => {
  for (const state of ['CANCELLING, graceful, closed', 'CANCELLING, force, closed']) {
    const job = JOBS[state]!
    const late = abort('graceful', { rollback: true, force_at: NOW })
    expect(nextJob(job, late)).toEqual({ kind: 'same', item: job })
  }
  const { item } = nextJob(JOBS['ONGOING, closed'], abort('force', { rollback: true }))
  expect(item).toMatchObject({ state: 'CANCELLING', abort_request: { mode: 'force', rollback: false } })
})

test('what was written never gets an earlier time than what was written before', () => {
  const { item } = nextJob(jobAfter(), { ...abort('force'), at: EARLIER })
  expect(item?.updated_at).toBe(NOW)
})

test('each repeated clean-up is a run of its own, with its own who', () => {
  const job = JOBS['FAILED, of a clean-up']!
  const first = nextJob(job, { ...cleanUpAgain, requested_by: 'anna' }).item
  const ended = nextJob(first, cleanUpEnded(['copy: it broke'])).item
  const second = nextJob(ended, { ...cleanUpAgain, requested_by: 'ben' }).item
  expect(first?.clean_up).toEqual({ run: 1, requested_by: 'anna', requested_at: NOW, ended_at: null })
  expect(second?.clean_up).toEqual({ run: 2, requested_by: 'ben', requested_at: NOW, ended_at: null })
  expect(nextJob(second, cleanUpEnded())).toEqual({ kind: 'same', item: second })
  expect(nextJob(second, { ...cleanUpEnded(), run: 2 }).item).toMatchObject({
    state: 'FAILED',
    left_behind: [],
    clean_up: { run: 2, ended_at: NOW },
  })
})

test('force after graceful is recorded as an escalation beside the first request', () => {
  const job = jobAfter(abort('graceful', { reason: 'first', requested_by: 'anna' }))
  const { item } = nextJob(job, abort('force', { reason: 'faster', requested_by: 'ben' }))
  expect(item?.abort_request).toMatchObject({ mode: 'force', reason: 'first', requested_by: 'anna' })
  const by = { reason: 'faster', requested_by: 'ben', requested_at: NOW }
  const escalation = { mode: 'force', rollback: false, force_at: null, ...by }
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
  expect(item?.abort_request?.escalations.map((escalation) => escalation.requested_by)).toEqual([DEADLINE])
  expect(nextJob(item, { type: 'escalate', at: NOW })).toEqual({ kind: 'same', item })
})

test.each([
  ['both given', { error: 'E', cause: 'c' }, 'E: c'],
  ['only an error', { error: 'E', cause: null }, 'E'],
  ['neither', { error: null, cause: null }, null],
])('a stop past Standdown is an abort by external, with %s', (_title, stop, reason) => {
  const event: JobEvent = { type: 'close', at: NOW, end: { status: 'ABORTED', ...stop } }
  const request = nextJob(JOBS.ONGOING, event).item?.abort_request
  expect(request).toMatchObject({ mode: 'force', requested_by: EXTERNAL, reason })
})

test('a job that a killed runtime cut off names no person', () => {
  const end = { status: 'ABORTED' as const, error: 'RuntimeEnded', cause: 'it ended' }
  const request = nextJob(JOBS.ONGOING, { type: 'close', at: NOW, end }).item?.abort_request
  const reason = 'RuntimeEnded: it ended'
  expect(request).toMatchObject({ mode: 'force', requested_by: RUNTIME_ENDED, reason })
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

test('an abort keeps its options: rollback and the deadline', () => {
  const { item } = nextJob(JOBS.ONGOING as Job, abort('graceful', { rollback: true, force_at: NOW }))
  const expected = {
    ...abortOptions('graceful', { rollback: true, force_at: NOW }),
    requested_at: NOW,
    escalations: [],
  }
  expect(item?.abort_request).toEqual(expected)
})

test('a graceful abort that is made a forced one says since when, also where more is added later', () => {
  const forced = jobAfter(abort('graceful'), { ...abort('force'), at: LATER })
  const added = { ...abort('force', { rollback: true }), at: '2026-01-31T11:00:00.000Z' }
  expect(nextJob(forced, added).item?.abort_request).toMatchObject({ requested_at: NOW, forced_at: LATER })
  expect(jobAfter(abort('force')).abort_request).not.toHaveProperty('forced_at')
})
