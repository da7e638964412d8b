import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { handler } from '#functions/api/execute-job.ts'
import { textOf } from '#test/core/samples.ts'
import { ask, CALLER, pointersOf, type RequestParts } from '../../http-event.ts'
import { MACHINE, type Product, startProduct } from '../../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
beforeEach(() => product.failing.clear())
afterAll(() => product.stop())

const start = (input: unknown, more: object = {}, parts: RequestParts = {}) =>
  ask(handler, 'POST /execute-job', { body: { job_template_fq_name: 'demo', input, ...more }, ...parts })
const idOf = (body: Record<string, unknown>): string => String(body.job_execution_id)

test('a job is written with the caller and the schema’s defaults, then its execution is started', async () => {
  const reply = await start({ name: 'ü🙂' })
  expect(reply.status).toBe(202)
  const id = idOf(reply.body)
  expect(reply.headers.location).toBe(`/jobs/${id}`)
  const input = { name: 'ü🙂', count: 1 }
  const job = (await product.jobs.get(id))!
  expect(job).toMatchObject({ created_by: CALLER, tenant_id: 'default' })
  expect(JSON.parse(textOf(job.input))).toEqual(input)
  const arn = `${MACHINE.replace(':stateMachine:', ':execution:')}:${id}`
  expect(JSON.parse(product.executions.get(arn)?.input ?? '')).toEqual(input)
})

test.each<[string, unknown, object, string[]]>([
  ['an unknown property', { 'a/b~': 1 }, {}, ['/input/a~1b~0']],
  ['two faults', { count: 'x', all: true }, {}, ['/input/all', '/input/count']],
  ['who', {}, { created_by: 'root' }, ['/created_by']],
  ['an input that is a list', [], {}, ['/input']],
  ['a tenant with a slash', {}, { tenant_id: 'a/b' }, ['/tenant_id']],
])('%s is refused where it is, and nothing starts', async (_what, input, more, pointers) => {
  product.calls.length = 0
  const reply = await start(input, more)
  expect(reply.status).toBe(400)
  expect(pointersOf(reply).sort()).toEqual(pointers)
  expect(product.calls).not.toContain('StartExecution')
})

test('a text that does not fit its pattern is answered with what it should be', async () => {
  const reply = await start({ name: 'secret!' })
  expect(reply.body.errors).toEqual([{ pointer: '/input/name', detail: 'does not fit: a name without !' }])
  expect(reply.text).not.toContain('secret!')
})

test('an input is taken up to 256 KiB', async () => {
  const frame = Buffer.byteLength(JSON.stringify({ name: '', count: 1 }))
  const most = '世'.repeat(Math.floor((256 * 1024 - frame) / 3))
  expect((await start({ name: most })).status).toBe(202)
  const reply = await start({ name: `${most}世` })
  expect(pointersOf(reply)).toEqual(['/input'])
})

test('fifty requests at once under one key are one job and one execution', async () => {
  const headers = { 'idempotency-key': randomUUID() }
  const before = product.executions.size
  const replies = await Promise.all(Array.from({ length: 50 }, () => start({ count: 2 }, {}, { headers })))
  expect(new Set(replies.map(({ status, body }) => `${status} ${idOf(body)}`)).size).toBe(1)
  expect(replies[0]?.status).toBe(202)
  expect(product.executions.size).toBe(before + 1)
})

test.each(['', 'a b', 'ü', 'a'.repeat(256)])('the Idempotency-Key "%s" is refused', async (key) => {
  expect((await start({}, {}, { headers: { 'idempotency-key': key } })).status).toBe(400)
})

test('a key that was used for another input or tenant is refused', async () => {
  const headers = { 'idempotency-key': randomUUID() }
  await start({ count: 1 }, {}, { headers })
  for (const reply of [
    await start({ count: 2 }, {}, { headers }),
    await start({ count: 1 }, { tenant_id: 'b' }, { headers }),
  ])
    expect(reply.status).toBe(422)
})

test('a job that is written is accepted although its start does not go through: the sweeper starts it', async () => {
  product.failing.set('StartExecution', 'AccessDeniedException')
  const reply = await start({})
  expect(reply).toMatchObject({ status: 202, body: { state: 'PENDING' } })
  expect((await product.jobs.get(idOf(reply.body)))?.state).toBe('PENDING')
})

test('a failure before the job is written is 500 and says nothing of it', async () => {
  product.failing.set('DescribeStateMachine', 'AccessDeniedException')
  const later = Date.now() + 3_600_000
  vi.spyOn(Date, 'now').mockReturnValue(later)
  const reply = await start({})
  vi.mocked(Date.now).mockRestore()
  expect(reply.status).toBe(500)
  expect(reply.text).not.toMatch(/AccessDenied|told by/)
})
