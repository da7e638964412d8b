import { afterAll, beforeAll, expect, test } from 'vitest'
import { TableDoorRecords } from '#aws/table/door-records.ts'
import { nextJob } from '#core/job/reducer.ts'
import { handler } from '#functions/doors/watcher/handler.ts'
import { MAX_PLANS, Plans } from '#functions/doors/watcher/plan/plans.ts'
import { newPlan } from '#functions/doors/watcher/plan-body.ts'
import { KEPT_DAYS } from '#test/aws/table.ts'
import { create } from '#test/core/samples.ts'
import { ask } from '../../http-event.ts'
import { type Product, startProduct } from '../../product.ts'

let product: Product
let plans: Plans
let records: TableDoorRecords
beforeAll(async () => {
  product = await startProduct()
  records = new TableDoorRecords(product.access)
  plans = new Plans(records)
})
afterAll(() => product.stop())

const ACTIONS = { actions: [{ action_type: 'nop' }] }
const post = () => ask(handler, 'POST /action-plans', { body: ACTIONS })
const COUNT = { set: 'plan-projects', id: 'default' }
const counted = async () => (await records.get<{ count: number }>(COUNT))!

async function fill(count = MAX_PLANS): Promise<void> {
  const { version } = await counted()
  await records.write([{ ...COUNT, from: version, to: { count } }])
}

/** A plan that was started longer ago than a job is kept after its end. */
async function longAgo(job_id: string): Promise<string> {
  await fill(0)
  const at = new Date(Date.now() - (KEPT_DAYS + 1) * 86_400_000).toISOString()
  const { uuid } = await plans.create(newPlan(ACTIONS, 'default'))
  const started = { job_id, caller: 'ann', idempotency_key: job_id, at }
  await plans.update('default', uuid, (plan) => ({ ...plan, started }))
  return uuid
}

test('a project that has its most is told so, and nothing of the plan is written', async () => {
  const { body } = await post()
  await fill()
  const refused = await post()
  expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('delete some')])
  await ask(handler, 'DELETE /action-plans/{uuid}', { path: { uuid: String(body.uuid) } })
  expect((await post()).status).toBe(201)
})

test('plans whose jobs have gone make room: nobody could delete them', async () => {
  const uuid = await longAgo('gone')
  await fill()
  expect((await ask(handler, 'GET /action-plans/{uuid}', { path: { uuid } })).status).toBe(404)
  expect((await post()).status).toBe(201)
  expect((await counted()).value.count).toBe(MAX_PLANS)
})

test('one whose job is still kept stays, however old it is', async () => {
  const job = nextJob(undefined, { ...create, job: { ...create.job, job_execution_id: 'kept' } }).item!
  await product.jobs.apply('kept', { ...create, job })
  const uuid = await longAgo('kept')
  await fill()
  expect((await post()).status).toBe(409)
  expect((await ask(handler, 'GET /action-plans/{uuid}', { path: { uuid } })).status).toBe(200)
})
