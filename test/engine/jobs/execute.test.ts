import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonText } from '#core/value.ts'
import { planJobAbort } from '#engine/jobs/abort.ts'
import { admitJob } from '#engine/jobs/admit.ts'
import { executeJob } from '#engine/jobs/execute.ts'
import { listJobs } from '#engine/jobs/list.ts'
import { sweepJob } from '#engine/sweep/job.ts'
import { failure, stopClock } from '#test/sdk/kit.ts'
import { startTable, type Table } from '../../aws/table.ts'
import { type House, openHouse, step } from '../house.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const open = (): House => openHouse(table.client, [step('list', 1)])
const command = (house: House, input: unknown, idempotency_key: string | null) => ({
  ...{ template: house.template, input, tenant_id: 'default', created_by: 'me' },
  idempotency_key,
})

test('a repeated request with its key answers the same job, whatever the order of its properties', async () => {
  const house = open()
  const first = await executeJob(house.ports, command(house, { a: 1, b: { c: 2, d: 3 } }, 'key-1'))
  const again = await executeJob(house.ports, command(house, { b: { d: 3, c: 2 }, a: 1 }, 'key-1'))
  expect(again.job_execution_id).toBe(first.job_execution_id)
  expect(house.executions.all.size).toBe(1)
})

test('a key that was used for another input is refused, another caller has keys of its own', async () => {
  const house = open()
  const first = await executeJob(house.ports, command(house, { a: 1 }, 'key-2'))
  const error = await failure(executeJob(house.ports, command(house, { a: 2 }, 'key-2')))
  expect(error.name).toBe('IdempotencyConflictError')
  const foreign = executeJob(house.ports, { ...command(house, { a: 1 }, 'key-2'), tenant_id: 'another' })
  expect((await failure(foreign)).name).toBe('IdempotencyConflictError')
  const other = await executeJob(house.ports, { ...command(house, { a: 2 }, 'key-2'), created_by: 'you' })
  expect(other.job_execution_id).not.toBe(first.job_execution_id)
})

test('an execution started past the API becomes a job by its first claim', async () => {
  const house = open()
  const arn = 'arn:aws:states:us-east-1:000000000000:execution:demo:by-hand'
  const inputText = '{ "from": "the console" }' as JsonText
  await house.executions.start(house.template.state_machine_arn, 'by-hand', inputText)
  const life = { execution_arn: arn, execution_started_at: '2026-01-31T09:00:00.000Z' }
  const { item } = await admitJob(house.ports, { job_execution_id: 'by-hand', template: 'demo', ...life })
  expect(item).toMatchObject({ state: 'ONGOING', created_by: 'external', input: { text: inputText } })
})

test('an execution of another machine under the id of a job is refused', async () => {
  const house = open()
  const job = await house.start()
  const life = { execution_arn: 'arn:another', execution_started_at: '2026-01-31T09:00:00.000Z' }
  const { job_execution_id } = job
  const admission = { job_execution_id, template: 'demo', ...life }
  expect((await failure(admitJob(house.ports, admission))).name).toBe('JobIdTaken')
})

test('a job whose start did not go through is started by the sweeper, after some time', async () => {
  const house = open()
  const job = await house.start()
  const pass = stopClock()
  house.executions.all.clear()
  await sweepJob(house.ports, job)
  expect(house.executions.all.size).toBe(0)
  pass(60_000)
  await sweepJob(house.ports, job)
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('RUNNING')
})

test('an unknown job, and one of another tenant, look alike', async () => {
  const house = open()
  const job = await house.start()
  const unknown = await failure(house.abort({ ...job, job_execution_id: 'nobody' }, 'force'))
  const foreign = await failure(house.abort(job, 'force', { tenant_id: 'other' }))
  expect(unknown.name).toBe('NotFoundError')
  expect(foreign.message).toBe(unknown.message.replace('nobody', job.job_execution_id))
  expect((await house.ports.jobs.get(job.job_execution_id))?.state).toBe('PENDING')
})

test('a mode that the template rules out is refused with those that it has, and writes nothing', async () => {
  const house = open()
  house.template.abort_modes = ['force']
  const job = await house.start()
  expect(await failure(house.abort(job, 'graceful'))).toMatchObject({
    name: 'ModeNotSupportedError',
    supported: ['force'],
  })
  expect((await house.ports.jobs.get(job.job_execution_id))?.version).toBe(1)
})

test('the plan of an abort writes nothing and stops nothing', async () => {
  const house = open()
  const job = await house.start()
  const plan = await planJobAbort(house.ports, {
    ...{ job_execution_id: job.job_execution_id, mode: 'force', reason: null, requested_by: 'me' },
    ...{ force_after_seconds: null, rollback: false },
  })
  expect(plan.steps).toEqual([{ name: 'list', index: null, state: 'PENDING', actions: ['never_starts'] }])
  expect(await house.ports.jobs.get(job.job_execution_id)).toEqual(job)
  expect(house.executions.stops).toEqual([])
})

test('a list is paged, newest first, without a gap or a repeat', async () => {
  const house = open()
  const started: string[] = []
  for (let i = 0; i < 5; i += 1) started.push((await house.start()).job_execution_id)
  const seen: string[] = []
  let next_token: string | null = null
  do {
    const page = await listJobs(house.ports, { limit: 2, ...(next_token === null ? {} : { next_token }) })
    seen.push(...page.jobs.map((job) => job.job_execution_id))
    next_token = page.next_token
  } while (next_token !== null)
  expect(seen.filter((id) => started.includes(id)).sort()).toEqual([...started].sort())
  expect(new Set(seen).size).toBe(seen.length)
})

test('a token that this list did not give is refused', async () => {
  const error = await failure(listJobs(open().ports, { limit: 2, next_token: 'bm90LW91cnM' }))
  expect(error.name).toBe('RequestInvalidError')
})
