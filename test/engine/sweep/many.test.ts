import { expect, test } from 'vitest'
import type { ExecutionEnd, Job } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import { executionEnded } from '#engine/sweep/execution-ended.ts'
import { sweep } from '#engine/sweep.ts'
import {
  abort,
  accept,
  begin,
  type Field,
  MINUTE_MS,
  openField,
  reread,
  runStandDowns,
  standDownsOf,
} from './sweep-kit.ts'

const MANY = 1000
const ABORTED: ExecutionEnd = { status: 'ABORTED', error: 'JobAborted', cause: null }

/** Counts from now on what is asked of Step Functions for each job, its stand-downs' included. */
function counting({ executions }: Field) {
  const counts = { describe: new Map<string, number>(), stop: new Map<string, number>(), list: 0 }
  const count = (calls: Map<string, number>, arn: string): void => {
    const id = arn.split(':').at(-1)!.replace(/-0$/, '')
    calls.set(id, (calls.get(id) ?? 0) + 1)
  }
  const { describe, stop, running } = executions
  executions.describe = (arn) => {
    count(counts.describe, arn)
    return describe.call(executions, arn)
  }
  executions.stop = (job) => {
    count(counts.stop, job.execution_arn)
    return stop.call(executions, job)
  }
  executions.running = (machine) => {
    counts.list += 1
    return running.call(executions, machine)
  }
  return counts
}

const STARTED = timeAt(0)

const most = (calls: Map<string, number>): number => Math.max(0, ...calls.values())

async function tell(field: Field, jobs: Job[]): Promise<void> {
  await Promise.all(
    jobs.map(async (job) =>
      executionEnded(field, await reread(field, job), { end: ABORTED, started_at: STARTED }),
    ),
  )
}

async function later(field: Field, ms: number): Promise<void> {
  field.clock.advance(ms)
  expect((await sweep(field)).failed).toEqual([])
}

async function manyStarted(field: Field): Promise<Job[]> {
  const jobs: Job[] = []
  for (let i = 0; i < MANY; i += 1) jobs.push(await begin(field, await accept(field)))
  return jobs
}

test('1,000 jobs aborted at once cost one StopExecution and at most one DescribeExecution each, sweeps included', async () => {
  const field = openField()
  const jobs = await manyStarted(field)
  const counts = counting(field)
  await later(field, MINUTE_MS)
  expect(counts.describe.size).toBe(0)
  await Promise.all(jobs.map((job) => abort(field, job)))
  await later(field, 0)
  field.clock.advance(5_000)
  await tell(field, jobs.slice(0, MANY / 2))
  expect(counts.describe.size).toBe(0)
  // Of the others the events are late: the sweeper has to ask, once.
  await later(field, MINUTE_MS)
  expect(standDownsOf(field)).toHaveLength(MANY)
  await tell(field, jobs)
  await later(field, MINUTE_MS)
  await runStandDowns(field)
  await tell(field, jobs)
  await later(field, MINUTE_MS)
  await later(field, 3 * MINUTE_MS)
  const states = await Promise.all(jobs.map(async (job) => (await reread(field, job)).state))
  expect(new Set(states)).toEqual(new Set(['CANCELLED']))
  expect(counts.stop.size).toBe(MANY)
  expect(most(counts.stop)).toBe(1)
  expect(counts.describe.size).toBe(MANY / 2)
  expect(most(counts.describe)).toBe(1)
  // Six sweeps, two state machines.
  expect(counts.list).toBe(12)
})

test('ten jobs are brought on at once, not all and not one by one', async () => {
  const field = openField()
  for (let i = 0; i < 40; i += 1) field.executions.end((await accept(field)).execution_arn, 'FAILED')
  let [now, peak] = [0, 0]
  const { describe } = field.executions
  field.executions.describe = async (arn) => {
    now += 1
    peak = Math.max(peak, now)
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    now -= 1
    return describe.call(field.executions, arn)
  }
  await sweep(field)
  expect(standDownsOf(field)).toHaveLength(40)
  expect(peak).toBe(10)
})
