import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { handler as abortJob } from '#functions/api/abort-job.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as childJob } from '#functions/doors/watcher/child-job.ts'
import type { Child, ChildQuestion } from '#functions/steps/action-plan/job/child-jobs.ts'
import { lambdaContext } from '#test/engine/house.ts'
import { ask as request } from '../../http-event.ts'
import { type Product, startProduct } from '../../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.stop())

/** A job whose first step was claimed. */
async function running(): Promise<string> {
  const body = { job_template_fq_name: 'demo', input: {} }
  const id = String((await request(executeJob, 'POST /execute-job', { body })).body.job_execution_id)
  await begin(id)
  return id
}

async function begin(id: string): Promise<Job> {
  const { execution_arn } = (await product.jobs.get(id))!
  const at = new Date().toISOString()
  const execution = { execution_arn, execution_started_at: at }
  return (await product.jobs.apply(id, { type: 'begin', at, execution })).item!
}

const ask = (what: ChildQuestion['ask'], parent: string, more: Partial<ChildQuestion> = {}): Promise<Child> =>
  childJob({ ask: what, parent, action_uuid: 'a-1', template: 'demo', input: {}, ...more }, lambdaContext())

async function child(parent: string, more: Partial<ChildQuestion> = {}): Promise<string> {
  const started = await ask('start', parent, more)
  if (started.kind !== 'job') throw new Error(started.why)
  return started.job_execution_id
}

test('a start that is repeated is the same job, which says its parent', async () => {
  const parent = await running()
  const id = await child(parent)
  expect(await child(parent)).toBe(id)
  expect(await product.jobs.get(id)).toMatchObject({ created_by: `job:${parent}`, tenant_id: 'default' })
  expect(await child(parent, { action_uuid: 'a-2' })).not.toBe(id)
  expect(await ask('look', parent)).toMatchObject({ kind: 'job', job_execution_id: id, state: 'PENDING' })
})

test('it is aborted in the mode and with the reason of its parent, and a stronger abort follows', async () => {
  const parent = await running()
  const id = await child(parent)
  await begin(id)
  const abort = (mode: string) =>
    request(abortJob, 'POST /jobs/{id}/abort', { path: { id: parent }, body: { mode, reason: 'enough' } })
  await abort('graceful')
  await ask('abort', parent)
  expect((await product.jobs.get(id))?.abort_request).toMatchObject({ mode: 'graceful', reason: 'enough' })
  await abort('force')
  await ask('abort', parent)
  expect((await product.jobs.get(id))?.abort_request).toMatchObject({ mode: 'force' })
})

test('under a parent that is being aborted none is started', async () => {
  const parent = await running()
  await request(abortJob, 'POST /jobs/{id}/abort', { path: { id: parent }, body: { mode: 'graceful' } })
  expect(await ask('start', parent)).toMatchObject({
    kind: 'refused',
    why: expect.stringContaining('CANCELLING'),
  })
  expect(await ask('abort', parent)).toMatchObject({ kind: 'missing' })
})

test('jobs nest three deep; the next one is refused, and the chain is named', async () => {
  const chain = [await running()]
  for (let deep = 0; deep < 3; deep += 1) {
    chain.push(await child(chain.at(-1)!))
    await begin(chain.at(-1)!)
  }
  const refused = await ask('start', chain.at(-1)!)
  const names = chain.map((id) => `demo ${id}`).join(' > ')
  expect(refused).toEqual({ kind: 'refused', why: `jobs of actions nest 3 deep at most: ${names} > demo` })
})

test.each<[string, Partial<ChildQuestion>, string]>([
  ['an input that does not fit', { input: { count: 'x' } }, '/input/count'],
  ['a template that is gone', { template: 'dance' }, 'dance'],
  ['a plan that is gone', { template: 'action-plan', input: { plan: randomUUID() } }, 'could not be found'],
])('%s is refused for good', async (_, more, why) => {
  const refused = await ask('start', await running(), more)
  expect(refused).toMatchObject({ kind: 'refused', why: expect.stringContaining(why) })
})
