import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { executionArnOf } from '#core/job/job.ts'
import { handler as abortJob } from '#functions/api/abort-job.ts'
import { inline } from '#test/core/samples.ts'
import { ask } from '../http-event.ts'
import { MACHINE, type Product, startProduct } from '../product.ts'

// In a file of its own: here no template was ever read, as in a new Lambda environment.
let product: Product
beforeAll(async () => {
  product = await startProduct(['force'])
})
beforeEach(() => {
  product.calls.length = 0
  for (const name of ['DescribeStateMachine', 'DescribeStateMachineForExecution']) {
    product.failing.set(name, 'ThrottlingException')
  }
})
afterAll(() => product.stop())

async function written(job_execution_id: string, template: string): Promise<string> {
  const at = new Date().toISOString()
  const execution = { execution_arn: executionArnOf(MACHINE, job_execution_id), execution_started_at: null }
  const about = { template, tenant_id: 'default', created_by: 'me', created_at: at, input: inline({}) }
  await product.jobs.apply(job_execution_id, {
    type: 'create',
    at,
    job: { job_execution_id, ...execution, ...about },
  })
  return job_execution_id
}
const abort = (id: string, mode: string) =>
  ask(abortJob, 'POST /jobs/{id}/abort', { path: { id }, body: { mode } })

test('no abort asks Step Functions for its template before its flag is written, nor after', async () => {
  for (const mode of ['graceful', 'force']) {
    const id = await written(`unasked-${mode}`, 'another')
    expect((await abort(id, mode)).status).toBe(202)
  }
  expect(product.calls).not.toContain('DescribeStateMachine')
  expect(product.calls).not.toContain('DescribeStateMachineForExecution')
})

test('a mode that the template rules out is refused all the same', async () => {
  const id = await written('ruled-out', 'demo')
  expect(await abort(id, 'graceful')).toMatchObject({ status: 422, body: { supported: ['force'] } })
  expect((await product.jobs.get(id))?.abort_request).toBeNull()
})
