import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { TableSweepLease } from '#aws/table/sweep-lease.ts'
import { timeAt } from '#core/time.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as sweep } from '#functions/events/sweep.ts'
import { ask, CONTEXT } from '../http-event.ts'
import { type Product, startProduct, UNREADABLE } from '../product.ts'

// Read when they are made; other tests keep them silent.
vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_METRICS_DISABLED: 'false' }))

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => product.stop())

/** The metrics that a sweep publishes. */
async function measured(): Promise<Record<string, unknown>> {
  const lines: Record<string, unknown>[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    for (const line of String(chunk).split('\n')) if (line.startsWith('{"_aws"')) lines.push(JSON.parse(line))
    return true
  })
  await sweep({}, CONTEXT)
  vi.restoreAllMocks()
  return Object.assign({}, ...lines)
}

const NOTHING = {
  Sweeps: 1,
  JobsNotSwept: 0,
  CancellingOverAnHour: 0,
  CleanUpsFailed: 0,
  NotificationsSentAgain: 0,
  NotificationsRefused: 0,
}

test('each sweep says what it found, zeros as well', async () => {
  expect(await measured()).toMatchObject(NOTHING)
})

test('what cannot be swept is counted', async () => {
  const body = { job_template_fq_name: 'demo', input: {} }
  const { body: job } = await ask(executeJob, 'POST /execute-job', { body })
  const { execution_arn } = (await product.jobs.get(String(job.job_execution_id)))!
  product.executions.set(execution_arn, { ...product.executions.get(execution_arn)!, status: UNREADABLE })
  expect(await measured()).toMatchObject({ ...NOTHING, JobsNotSwept: 1 })
})

test('an invocation whose turn another has is no sweep', async () => {
  const lease = new TableSweepLease(product.access)
  const now = Date.now()
  await lease.take({ owner: 'another', at: timeAt(now), until: timeAt(now + 60_000) })
  const metrics = await measured()
  expect(metrics).toMatchObject({ SweepDone: 1 })
  expect(metrics).not.toHaveProperty('Sweeps')
})
