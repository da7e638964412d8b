import { afterAll, beforeAll, expect, test } from 'vitest'
import { executionArnOf, type Job } from '#core/job/job.ts'
import { commitJob } from '#engine/jobs/commit.ts'
import { startJob } from '#engine/jobs/execute.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { ensureStandDown } from '#engine/stand-down/start.ts'
import { sweepJob } from '#engine/sweep/job.ts'
import { sweep } from '#engine/sweep.ts'
import { failure, gate, invoke, stepOf } from '#test/sdk/kit.ts'
import { startTable, type Table } from '../../aws/table.ts'
import { endOf, type House, openHouse, STAND_DOWN, step } from '../house.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const open = (): House => openHouse(table.client, [step('list', 1), step('copy', 2)])
const reread = async (house: House, job: Job) => (await house.ports.jobs.get(job.job_execution_id))!
const standDownArn = (job: Job, generation = 0): string =>
  executionArnOf(STAND_DOWN, `${job.job_execution_id}-${generation}`)

test('an abort accepted while the last step runs: it says SUCCEEDED, the commit is refused, the job is CANCELLED', async () => {
  const house = open()
  const job = await house.start()
  const copy = stepOf(house, {
    name: 'copy',
    run: async () => {
      await house.abort(job, 'graceful')
      return 'done'
    },
  })
  await invoke(house, job, copy)
  const error = await failure(commitJob(house.ports, house.payload(job, 'copy').standdown))
  expect(error.name).toBe('JobAborted')
  expect((await house.standDown(job, { copy })).state).toBe('CANCELLED')
  const [, kept] = await house.ports.steps.list(job.job_execution_id)
  expect(kept).toMatchObject({ name: 'copy', state: 'SUCCEEDED' })
})

test('after the commit an abort is refused and names the state', async () => {
  const house = open()
  const job = await house.start()
  await invoke(house, job, stepOf(house, { name: 'list' }))
  const { standdown } = house.payload(job, 'copy')
  await commitJob(house.ports, standdown)
  const before = await reread(house, job)
  const error = await failure(house.abort(job, 'force'))
  expect(error).toMatchObject({ name: 'JobEndedError', state: 'SUCCEEDED' })
  expect((await commitJob(house.ports, standdown)).version).toBe(before.version)
  expect(await reread(house, job)).toEqual(before)
})

test.each([
  ['throttled', Object.assign(new Error('slow down'), { name: 'ThrottlingException' })],
  ['a KMS error', Object.assign(new Error('no key'), { name: 'KmsAccessDeniedException' })],
])('a stop that fails (%s) leaves the job CANCELLING, and the sweeper repeats it', async (_title, error) => {
  const house = open()
  const job = await house.start()
  house.executions.failStops.push(error)
  const { stopping } = await house.abort(job, 'force')
  expect(await failure(stopping)).toBe(error)
  expect((await reread(house, job)).state).toBe('CANCELLING')
  let ran = false
  const list = stepOf(house, {
    name: 'list',
    run: async () => {
      ran = true
    },
  })
  house.executions.failStops.push(error)
  expect((await failure(invoke(house, job, list))).name).toBe('JobAborted')
  expect(ran).toBe(false)
  await sweepJob(house.ports, await reread(house, job))
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
})

test('force on an execution that had just failed settles from what happened', async () => {
  const house = open()
  const job = await house.start()
  house.executions.end(job.execution_arn, 'FAILED', { error: 'DiskFull', cause: 'no space' })
  await (await house.abort(job, 'force')).stopping
  const settled = await house.standDown(job, {})
  expect(settled).toMatchObject({
    state: 'CANCELLED',
    closed: { end: { status: 'FAILED', cause: 'no space' } },
  })
})

test('an abort before the execution exists is stood down at once, and a start on its way is stopped', async () => {
  const house = open()
  const job = await house.start()
  house.executions.all.clear()
  await (await house.abort(job, 'graceful')).stopping
  expect(house.executions.all.get(standDownArn(job))?.status).toBe('RUNNING')
  const settled = await house.standDown(job, {})
  expect(settled).toMatchObject({ state: 'CANCELLED', started_at: null })
  await startJob(house.ports, job)
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
})

test.each([1, 2, 3])('a status event that comes %i times gives the same final items', async (times) => {
  const house = open()
  const job = await house.start()
  house.executions.end(job.execution_arn, 'ABORTED', { error: null, cause: 'by hand' })
  for (let i = 0; i < times; i += 1) await sweepJob(house.ports, await reread(house, job))
  const settled = await house.standDown(job, {})
  for (let i = 0; i < times; i += 1) await sweepJob(house.ports, settled)
  expect(await reread(house, job)).toEqual(settled)
  expect(settled).toMatchObject({
    state: 'CANCELLED',
    version: 3,
    abort_request: { requested_by: 'external' },
  })
})

test('a lost status event is swept', async () => {
  const house = open()
  const job = await house.start()
  house.executions.end(job.execution_arn, 'TIMED_OUT')
  const { failed } = await sweep(house.ports)
  expect(failed).toEqual([])
  expect(house.executions.all.get(standDownArn(job))?.status).toBe('RUNNING')
  expect((await house.standDown(job, {})).fault?.exception).toBe('TIMED_OUT')
})

test('a stand-down that ended without settling the job is started anew, a running one is left alone', async () => {
  const house = open()
  const job = await house.start()
  await (await house.abort(job, 'force')).stopping
  const end = await endOf(house, job)
  await ensureStandDown(house.ports, await reread(house, job), end)
  await ensureStandDown(house.ports, await reread(house, job), end)
  expect(house.executions.all.has(standDownArn(job, 1))).toBe(false)
  house.executions.end(standDownArn(job), 'FAILED')
  const seen = await reread(house, job)
  await Promise.all([1, 2].map(() => ensureStandDown(house.ports, seen, end)))
  expect(house.executions.all.get(standDownArn(job, 1))?.status).toBe('RUNNING')
  expect((await reread(house, job)).generation).toBe(1)
})

test('a deadline escalates once, also after a restart', async () => {
  const house = openHouse(table.client, [step('list', 1, { abortable: 'never' })])
  const job = await house.start()
  const started = gate()
  const list = stepOf(house, {
    ...{ name: 'list', abortable: 'never' },
    run: async (_input, { signal }) => {
      started.open()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      throw signal.reason
    },
  })
  const running = failure(invoke(house, job, list))
  await started.passed
  await (await house.abort(job, 'graceful', { force_after_seconds: 0 })).stopping
  expect(house.executions.stops).toEqual([])
  await sweepJob(house.ports, await reread(house, job))
  await sweepJob(house.ports, await reread(house, job))
  const { abort_request } = await reread(house, job)
  expect(abort_request?.escalations.map((one) => one.requested_by)).toEqual(['deadline'])
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
  expect((await running).name).toBe('JobAborted')
})

test('a deadline of a job that has settled does nothing', async () => {
  const house = open()
  const job = await house.start()
  await (await house.abort(job, 'graceful', { force_after_seconds: 0 })).stopping
  const settled = await house.standDown(job, {})
  await sweepJob(house.ports, settled)
  expect((await reread(house, job)).abort_request?.escalations).toEqual([])
})

test('a progress write from a stale copy cannot clear the flag', async () => {
  const house = open()
  const job = await house.start()
  const stale = await reread(house, job)
  await house.abort(job, 'graceful')
  const { kind } = await house.ports.jobs.apply(
    job.job_execution_id,
    {
      type: 'begin',
      at: stale.created_at,
      execution: { execution_arn: stale.execution_arn, execution_started_at: '' },
    },
    stale,
  )
  expect(kind).toBe('refused')
  expect((await reread(house, job)).abort_request?.mode).toBe('graceful')
})

test('every write to a job that has ended is refused and leaves it as it is', async () => {
  const house = open()
  const job = await house.start()
  await (await house.abort(job, 'graceful')).stopping
  const settled = await house.standDown(job, {})
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  await drain(house.ports, input)
  await failure(commitJob(house.ports, house.payload(job, 'copy').standdown))
  await failure(invoke(house, job, stepOf(house, { name: 'copy' })))
  await house.standDown(job, {})
  expect(await reread(house, job)).toEqual(settled)
})

test('the same abort twice changes nothing and stops nothing', async () => {
  const house = open()
  const job = await house.start()
  const first = await house.abort(job, 'graceful', { requested_by: 'anna' })
  await first.stopping
  const second = await house.abort(job, 'graceful', { requested_by: 'ben' })
  expect([first.changed, second.changed]).toEqual([true, false])
  expect(second.job).toEqual(first.job)
  expect(house.executions.stops).toHaveLength(1)
})

test('a redriven execution of a job that has ended starts no step, and the sweeper stops it', async () => {
  const house = open()
  const job = await house.start()
  await (await house.abort(job, 'graceful')).stopping
  await house.standDown(job, {})
  const execution = house.executions.all.get(job.execution_arn)!
  house.executions.all.set(job.execution_arn, { ...execution, status: 'RUNNING', end: null })
  expect((await failure(invoke(house, job, stepOf(house, { name: 'list' })))).name).toBe('JobAborted')
  await sweep(house.ports)
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
})
