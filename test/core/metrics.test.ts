import { describe, expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { measureEnd } from '#core/metrics.ts'

const at = (second: number): string => `2026-01-31T09:00:${String(second).padStart(2, '0')}.000Z`

const ABORT = {
  mode: 'force',
  reason: null,
  requested_by: 'someone',
  requested_at: at(0),
  force_at: null,
  rollback: false,
  escalations: [],
}
const ESCALATION = { ...ABORT, requested_at: at(1) }

/** An ended job, as far as its end is measured. */
const job = (change: object): Job =>
  ({
    state: 'CANCELLED',
    abort_request: ABORT,
    closed: { at: at(2), end: { status: 'ABORTED', error: null, cause: null } },
    ended_at: at(5),
    left_behind: [],
    clean_up: null,
    ...change,
  }) as unknown as Job

describe('the end of a job is measured', () => {
  test.each<[string, object, object]>([
    ['by force', {}, { JobsCancelled: 1, ForcedAbortSeconds: 2, CleanUpSeconds: 3 }],
    [
      'gracefully',
      { abort_request: { ...ABORT, mode: 'graceful' } },
      { JobsCancelled: 1, GracefulAbortSeconds: 2, CleanUpSeconds: 3 },
    ],
    [
      'gracefully at first, then by force: from then on',
      { abort_request: { ...ABORT, escalations: [ESCALATION], forced_at: at(1) } },
      { JobsCancelled: 1, ForcedAbortSeconds: 1, CleanUpSeconds: 3 },
    ],
    [
      'by force, to which a rollback was added',
      { abort_request: { ...ABORT, escalations: [ESCALATION] } },
      { JobsCancelled: 1, ForcedAbortSeconds: 2, CleanUpSeconds: 3 },
    ],
    [
      'gracefully, and by force once its execution was over',
      { abort_request: { ...ABORT, escalations: [ESCALATION], forced_at: at(3) } },
      { JobsCancelled: 1, GracefulAbortSeconds: 2, CleanUpSeconds: 3 },
    ],
  ])('when it was aborted %s', (_title, change, measured) => {
    expect(measureEnd(job(change))).toEqual(measured)
  })

  test('when it failed', () => {
    const failed = job({ state: 'FAILED', abort_request: null })
    expect(measureEnd(failed)).toEqual({ JobsFailed: 1, CleanUpSeconds: 3 })
  })

  test('when it was committed', () => {
    expect(measureEnd(job({ state: 'SUCCEEDED', abort_request: null, closed: null }))).toEqual({
      JobsSucceeded: 1,
    })
  })

  test('once: a repeated clean-up is not another end', () => {
    const clean_up = { run: 1, requested_by: 'me', requested_at: at(6), ended_at: at(7) }
    expect(measureEnd(job({ state: 'FAILED', clean_up }))).toEqual({})
  })

  test('never below zero, when two clocks differ', () => {
    expect(measureEnd(job({ ended_at: at(1) }))).toMatchObject({ CleanUpSeconds: 0 })
  })
})
