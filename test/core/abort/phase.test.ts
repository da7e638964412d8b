import { expect, test } from 'vitest'
import { abortPhase } from '#core/abort/phase.ts'
import { viewJob } from '#core/api/job-view.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { abort, close, FAULT, JOBS, jobAfter, LATER, NOW, STEPS, settle } from '../samples.ts'

const phase = (job: Job, ...steps: Step[]) => abortPhase(viewJob(job, { steps, template: null, now: NOW }))
const graceful = jobAfter(abort('graceful', { force_at: LATER }))
const closed = jobAfter(abort('force'), close('ABORTED'))
const live = { ...STEPS['ONGOING, live']!, lease_until: LATER, dead_by: null }
const stopped: Step = { ...live, state: 'CANCELLING', attempt_ended: true }

test('a job that nobody aborts, or that has ended, is in no phase', () => {
  expect(phase(JOBS.ONGOING!, live)).toBeNull()
  expect(phase(jobAfter(abort('force'), close('ABORTED'), settle()), stopped)).toBeNull()
})

test('before its execution has ended a job drains until its deadline', () => {
  expect(phase(graceful, live)).toEqual({ name: 'draining', awaited: [{ step: live.name, until: LATER }] })
  expect(phase(graceful)).toEqual({ name: 'draining', awaited: [] })
  const patient = jobAfter(abort('graceful'))
  expect(phase(patient, live)).toEqual({ name: 'draining', awaited: [{ step: live.name, until: null }] })
})

test('after it an attempt is waited for until its lease ends', () => {
  const fenced: Step = { ...live, state: 'CANCELLING', index: 3 }
  expect(phase(closed, fenced, stopped)).toEqual({
    name: 'draining',
    awaited: [{ step: `${live.name}[3]`, until: LATER }],
  })
})

test('a clean-up counts those that are done, also those that failed', () => {
  const cleaned: Step = { ...stopped, state: 'CANCELLED', cleaned_up: true, index: 1 }
  const cleanUp = { hook: 'abort', call: 'c', fault: FAULT, again: false } as const
  const failed: Step = { ...stopped, state: 'FAILED', clean_up: cleanUp, index: 2 }
  expect(phase(closed, stopped, cleaned, failed)).toEqual({ name: 'cleaning-up', done: 2, total: 3 })
})

test('with nothing left to clean up it settles', () => {
  expect(phase(closed, { ...stopped, state: 'CANCELLED' })).toEqual({ name: 'settling' })
})
