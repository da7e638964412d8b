import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { cleanUpAnswer } from '#core/api/answers.ts'
import { executionArnOf } from '#core/job/job.ts'
import type { JobEvent } from '#core/job/reducer.ts'
import { handler as api } from '#functions/api/abort-job.ts'
import { abort, begin, close, FAULT, inline, settle } from '#test/core/samples.ts'
import { ask, CALLER, type RequestParts } from '../http-event.ts'
import { MACHINE, type Product, STAND_DOWN, startProduct } from '../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
beforeEach(() => product.failing.clear())
afterAll(() => product.stop())

const LEFT = [begin, abort('force'), close('ABORTED'), settle(FAULT)]

/** A job to which all this has happened. */
async function jobAfter(job_execution_id: string, ...events: JobEvent[]): Promise<string> {
  const at = new Date().toISOString()
  const about = { template: 'demo', tenant_id: 'acme', created_by: 'me', created_at: at, input: inline({}) }
  const execution_arn = executionArnOf(MACHINE, job_execution_id)
  const job = { job_execution_id, execution_arn, execution_started_at: null, ...about }
  await product.jobs.apply(job_execution_id, { type: 'create', at, job })
  for (const event of events) {
    const own =
      event.type === 'begin' ? { ...event, execution: { ...event.execution, execution_arn } } : event
    const { kind } = await product.jobs.apply(job_execution_id, own)
    expect(kind).toBe('write')
  }
  return job_execution_id
}
const cleanUp = (id: string, parts: RequestParts = {}) =>
  ask(api, 'POST /jobs/{id}/clean-up', { path: { id }, ...parts })
const standDowns = () =>
  [...product.executions.keys()].filter((arn) => arn.startsWith(executionArnOf(STAND_DOWN, '')))

test('what a clean-up left behind is cleaned up again: 202, and 200 while that runs', async () => {
  const id = await jobAfter('again', ...LEFT)
  const before = standDowns().length
  const first = await cleanUp(id)
  expect(first).toMatchObject({ status: 202, headers: { location: `/jobs/${id}` } })
  expect(cleanUpAnswer.parse(first.body)).toMatchObject({
    state: 'FAILED',
    left_behind: ['copy: it broke'],
    clean_up: { run: 1, requested_by: CALLER, ended_at: null },
  })
  const repeat = await cleanUp(id, { body: {} })
  expect(repeat).toMatchObject({ status: 200, body: first.body })
  expect(standDowns()).toHaveLength(before + 1)
})

test.each<[string, JobEvent[], string]>([
  ['runs', [begin], 'ONGOING'],
  ['is being cancelled', [begin, abort('graceful')], 'CANCELLING'],
  ['was cancelled with nothing left', [begin, abort('force'), close('ABORTED'), settle()], 'CANCELLED'],
  ['failed and left nothing', [begin, close('FAILED'), settle()], 'FAILED'],
])('a job that %s answers 409 and stays as it is', async (what, events, state) => {
  const id = await jobAfter(what.replaceAll(' ', '-'), ...events)
  const { version } = (await product.jobs.get(id))!
  const reply = await cleanUp(id)
  expect(reply).toMatchObject({ status: 409, body: { state, title: 'Nothing is left to clean up' } })
  expect((await product.jobs.get(id))?.version).toBe(version)
})

test('a start that does not go through is left to the sweeper: the request holds', async () => {
  const id = await jobAfter('unstarted', ...LEFT)
  product.failing.set('StartExecution', 'AccessDeniedException')
  expect((await cleanUp(id)).status).toBe(202)
  expect((await product.jobs.get(id))?.clean_up).toMatchObject({ run: 1, ended_at: null })
})

test('nothing can be said with it, and an unknown job is none', async () => {
  expect((await cleanUp('again', { body: { force: true } })).status).toBe(400)
  expect((await cleanUp('none')).status).toBe(404)
})

test('the abort of a job that left something behind is answered with this route', async () => {
  const id = await jobAfter('named', ...LEFT)
  const clean = await jobAfter('not-named', begin, close('FAILED'), settle())
  const refusal = (jobId: string) => ask(api, 'POST /jobs/{id}/abort', { path: { id: jobId } })
  const [left, nothing] = [await refusal(id), await refusal(clean)]
  expect([left.status, nothing.status]).toEqual([409, 409])
  expect(left.body.detail).toContain(`POST /jobs/${id}/clean-up`)
  expect(nothing.body.detail).not.toContain('clean-up')
})

const abortWith = (id: string, body: object) => ask(api, 'POST /jobs/{id}/abort', { path: { id }, body })

test('a rollback is added to a running abort; once the clean-up has begun it is named as not taken', async () => {
  const id = await jobAfter('merged', begin, abort('graceful'))
  const added = await abortWith(id, { mode: 'force', rollback: true, reason: 'all of it' })
  expect(added).toMatchObject({ status: 202, body: { not_taken: [] } })
  expect(added.body.abort_request).toMatchObject({
    mode: 'force',
    rollback: true,
    escalations: [{ mode: 'force', rollback: true, reason: 'all of it', requested_by: CALLER }],
  })
  const closed = await jobAfter('merged-late', begin, abort('graceful'), close('ABORTED'))
  const not_taken = [{ option: 'rollback', reason: 'the clean-up has begun without it' }]
  const late = await abortWith(closed, { mode: 'force', rollback: true })
  expect(late).toMatchObject({
    status: 202,
    body: { not_taken, abort_request: { mode: 'force', rollback: false } },
  })
  expect(await abortWith(closed, { mode: 'force', rollback: true })).toMatchObject({
    status: 200,
    body: { not_taken },
  })
  const path = { tenantId: 'acme', id: closed }
  const gelato = await ask(api, 'POST /v1/{tenantId}/jobs/{id}/abort', { path, body: { rollback: true } })
  expect(gelato.body).toEqual({ Id: closed, Status: 'CANCELLING', NotTaken: not_taken })
})
