import { afterAll, beforeAll, expect, test } from 'vitest'
import { templateList } from '#core/api/answers.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as jobs } from '#functions/api/jobs.ts'
import { ask } from '../http-event.ts'
import { GONE_MACHINE, MACHINE, type Product, startProduct } from '../product.ts'

const WHY = `the state machine ${GONE_MACHINE} of the job template gone does not exist: create it again`

let product: Product
beforeAll(async () => {
  product = await startProduct()
  process.env.TEMPLATES = JSON.stringify({ gone: GONE_MACHINE, demo: MACHINE })
})
afterAll(() => product.stop())

test('a template whose machine was deleted is not listed, and the others are', async () => {
  const { status, body } = await ask(jobs, 'GET /templates')
  expect(status).toBe(200)
  expect(templateList.parse(body).items.map(({ name }) => name)).toEqual(['demo'])
})

test('it is answered 404 with what to do', async () => {
  const reply = await ask(jobs, 'GET /templates/{name}', { path: { name: 'gone' } })
  expect(reply).toMatchObject({ status: 404, body: { detail: expect.stringContaining(WHY) } })
})

test('it cannot be started, and says why', async () => {
  const body = { job_template_fq_name: 'gone', input: {} }
  const reply = await ask(executeJob, 'POST /execute-job', { body })
  expect(reply).toMatchObject({ status: 404, body: { detail: expect.stringContaining(WHY) } })
  expect(product.executions.size).toBe(0)
})

test('that Step Functions does not answer is no reason to leave any out', async () => {
  product.failing.set('DescribeStateMachine', 'AccessDeniedException')
  expect((await ask(jobs, 'GET /templates')).status).toBe(500)
  product.failing.delete('DescribeStateMachine')
})
