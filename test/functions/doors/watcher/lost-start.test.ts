import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TableDoorRecords } from '#aws/table/door-records.ts'
import { executedId } from '#engine/jobs/execute.ts'
import { handler } from '#functions/doors/watcher/handler.ts'
import { Plans } from '#functions/doors/watcher/plan/plans.ts'
import { newPlan } from '#functions/doors/watcher/plan-body.ts'
import { ask, CALLER } from '../../http-event.ts'
import { MACHINE, type Product, startProduct } from '../../product.ts'

let product: Product
let plans: Plans
beforeAll(async () => {
  product = await startProduct(['graceful', 'force'], { type: 'object' })
  process.env.TEMPLATES = JSON.stringify({ 'action-plan': MACHINE })
  plans = new Plans(new TableDoorRecords(product.access))
})
afterAll(() => product.stop())

/** A plan whose start was cut off, so many seconds ago, between its record and its job. */
async function cutOff(seconds: number, change: object = {}): Promise<{ uuid: string; job_id: string }> {
  const plan = await plans.create(newPlan({ actions: [{ action_type: 'nop' }] }, 'default'))
  const idempotency_key = randomUUID()
  const job_id = executedId({ created_by: CALLER, idempotency_key })
  const at = new Date(Date.now() - seconds * 1_000).toISOString()
  const started = { job_id, caller: CALLER, idempotency_key, at }
  await plans.update('default', plan.uuid, (known) => ({ ...known, started, ...change }))
  return { uuid: plan.uuid, job_id }
}

const show = (uuid: string) => ask(handler, 'GET /action-plans/{uuid}', { path: { uuid } })

test('a plan whose job was never written is started by the next look at it', async () => {
  const { uuid, job_id } = await cutOff(60)
  const { status, body } = await show(uuid)
  expect([status, body.state, body.job_execution_id]).toEqual([200, 'PENDING', job_id])
  expect(await product.jobs.get(job_id)).toMatchObject({ state: 'PENDING', created_by: CALLER })
  expect([...product.executions.keys()].filter((arn) => arn.endsWith(job_id))).toHaveLength(1)
})

test('a list starts it, too, and only once', async () => {
  const { uuid, job_id } = await cutOff(60)
  for (const _ of [1, 2]) await ask(handler, 'GET /action-plans')
  await show(uuid)
  expect([...product.executions.keys()].filter((arn) => arn.endsWith(job_id))).toHaveLength(1)
})

test('one that may still be on its way is left to whoever starts it', async () => {
  const { uuid, job_id } = await cutOff(1)
  expect((await show(uuid)).body.state).toBe('PENDING')
  expect(await product.jobs.get(job_id)).toBeUndefined()
})

test('one that was cancelled meanwhile stays CANCELLED, and gets no job', async () => {
  const { uuid, job_id } = await cutOff(60, { cancelled_by: 'ann' })
  expect((await show(uuid)).body.state).toBe('CANCELLED')
  expect(await product.jobs.get(job_id)).toBeUndefined()
})

test('while it cannot be started it is shown as it is, and the next look tries again', async () => {
  const { uuid, job_id } = await cutOff(60)
  product.failing.set('DescribeStateMachine', 'ThrottlingException')
  const first = await show(uuid)
  expect([first.status, first.body.state]).toEqual([200, 'PENDING'])
  product.failing.clear()
  await show(uuid)
  expect(await product.jobs.get(job_id)).toBeDefined()
})
