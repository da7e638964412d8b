import { expect, test } from 'vitest'
import { executionArnOf, type Job } from '#core/job/job.ts'
import { cleanUpAgain } from '#engine/jobs/clean-up.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { sweep } from '#engine/sweep.ts'
import { FAULT } from '#test/core/samples.ts'
import { INVOCATION, STAND_DOWN } from '../house.ts'
import {
  abort,
  callOf,
  type Field,
  MINUTE_MS,
  openField,
  reread,
  runStandDowns,
  standDownsOf,
  started,
} from './sweep-kit.ts'

const KEY = { name: 'copy', order: 1, index: null, visit: null }
const timing = { leaseMs: 1, lookMs: 250, writeMs: 1000 }

/** A job that is FAILED because the clean-up of its one step failed. */
async function failedCleanUp(field: Field): Promise<Job> {
  const job = await started(field)
  await claimStep({ ...field, timing }, callOf(field, job), INVOCATION)
  await abort(field, job)
  field.clock.advance(MINUTE_MS)
  await sweep(field)
  const [call = ''] = standDownsOf(field, job)
  const at = new Date(field.clock.now()).toISOString()
  const { job_execution_id, abort_request } = await reread(field, job)
  const failed = {
    type: 'clean-up-failed' as const,
    at,
    hook: 'abort' as const,
    call,
    fault: FAULT,
    abort_request,
  }
  await field.steps.apply({ ...KEY, job_execution_id }, failed)
  await runStandDowns(field)
  expect(await reread(field, job)).toMatchObject({ state: 'FAILED', left_behind: ['copy: it broke'] })
  return job
}

const again = async (field: Field, { job_execution_id }: Job): Promise<void> => {
  const { starting } = await cleanUpAgain(field, { job_execution_id, requested_by: 'me' })
  await starting.catch(() => undefined)
}

test('a repeated clean-up whose start did not go through is started by the sweeper', async () => {
  const field = openField()
  const job = await failedCleanUp(field)
  const { start } = field.executions
  field.executions.start = () => Promise.reject(new Error('throttled'))
  await again(field, job)
  field.executions.start = start
  const before = standDownsOf(field, job)
  field.clock.advance(MINUTE_MS)
  expect((await sweep(field)).failed).toEqual([])
  expect(standDownsOf(field, job)).toEqual([...before, `${job.job_execution_id}-1-0-again`])
})

test('one that runs is left alone, one that died is ended with what is left, and can be repeated', async () => {
  const field = openField()
  const job = await failedCleanUp(field)
  await again(field, job)
  const { start } = field.executions
  field.executions.start = () => Promise.reject(new Error('it was started already'))
  field.clock.advance(MINUTE_MS)
  expect((await sweep(field)).failed).toEqual([])
  field.executions.start = start
  expect((await reread(field, job)).clean_up).toMatchObject({ run: 1, ended_at: null })
  field.executions.end(executionArnOf(STAND_DOWN, `${job.job_execution_id}-1-0-again`), 'TIMED_OUT')
  field.clock.advance(MINUTE_MS)
  await Promise.all([sweep(field), sweep(field)])
  const ended = await reread(field, job)
  expect(ended).toMatchObject({ state: 'FAILED', left_behind: ['copy: it broke'] })
  expect(ended.clean_up).toMatchObject({ run: 1, ended_at: new Date(field.clock.now()).toISOString() })
  await again(field, job)
  expect((await reread(field, job)).clean_up).toMatchObject({ run: 2, ended_at: null })
  expect(standDownsOf(field, job).at(-1)).toBe(`${job.job_execution_id}-2-0-again`)
})

test('one that runs is left alone also where the stand-downs cannot be listed', async () => {
  const field = openField()
  const job = await failedCleanUp(field)
  await again(field, job)
  field.standDowns.running = () => Promise.reject(new Error('not permitted'))
  field.clock.advance(MINUTE_MS)
  await sweep(field)
  expect((await reread(field, job)).clean_up).toMatchObject({ run: 1, ended_at: null })
})

test('a job that left something behind is counted once, when it is looked at for the last time', async () => {
  const field = openField()
  const job = await failedCleanUp(field)
  expect((await sweep(field)).cleanUpsFailed).toBe(0)
  field.clock.advance(3 * MINUTE_MS)
  expect((await sweep(field)).cleanUpsFailed).toBe(1)
  expect((await sweep(field)).cleanUpsFailed).toBe(0)
  expect((await reread(field, job)).left_behind).toEqual(['copy: it broke'])
})
