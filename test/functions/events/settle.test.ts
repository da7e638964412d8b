import type { EventBridgeEvent } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { TableSweepLease } from '#aws/table/sweep-lease.ts'
import type { Job } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as settle } from '#functions/events/settle.ts'
import { handler as sweep } from '#functions/events/sweep.ts'
import { ask, CONTEXT } from '../http-event.ts'
import { MACHINE, type Product, STAND_DOWN, startProduct, stopByHand, UNREADABLE } from '../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
beforeEach(() => product.failing.clear())
afterAll(() => product.stop())

async function started(): Promise<Job> {
  const body = { job_template_fq_name: 'demo', input: {} }
  const reply = await ask(executeJob, 'POST /execute-job', { body })
  return (await product.jobs.get(String(reply.body.job_execution_id)))!
}
const tell = (executionArn: string, stateMachineArn = MACHINE, more: object = {}) => {
  const name = executionArn.split(':').at(-1)
  const detail = { executionArn, stateMachineArn, name, status: 'ABORTED', startDate: 0, ...more }
  return settle(
    { detail } as unknown as Parameters<typeof settle>[0] & EventBridgeEvent<string, never>,
    CONTEXT,
  )
}
const standDowns = ({ job_execution_id }: Job): string[] =>
  [...product.executions.keys()].filter((arn) => arn.includes(`stand-down:${job_execution_id}`))

test('a stopped execution is stood down once, however often its event comes', async () => {
  const job = await started()
  stopByHand(product, job.execution_arn)
  await Promise.all([tell(job.execution_arn), tell(job.execution_arn), tell(job.execution_arn)])
  expect(standDowns(job)).toHaveLength(1)
  const { input } = product.executions.get(standDowns(job)[0]!)!
  expect(JSON.parse(input)).toMatchObject({ end: { status: 'ABORTED', error: 'Oops', cause: 'by hand' } })
})

test('the end is taken from its event: Step Functions is not asked', async () => {
  const job = await started()
  stopByHand(product, job.execution_arn)
  product.calls.length = 0
  const cause = JSON.stringify({ errorMessage: 'told by\u001b the event' })
  await tell(job.execution_arn, MACHINE, { error: 'Oops', cause })
  expect(product.calls).toEqual(['StartExecution'])
  const { input } = product.executions.get(standDowns(job)[0]!)!
  expect(JSON.parse(input).end).toEqual({ status: 'ABORTED', error: 'Oops', cause: 'told by  the event' })
})

test('the end of another machine’s execution of the same name is none of the job’s', async () => {
  const job = await started()
  stopByHand(product, job.execution_arn)
  const other = `${MACHINE.replace(':stateMachine:demo', ':execution:other')}:${job.job_execution_id}`
  await tell(other, MACHINE.replace(':demo', ':other'), { error: 'Oops' })
  expect(standDowns(job)).toEqual([])
})

test('an event that is early, late or about no job of ours changes nothing', async () => {
  const job = await started()
  await tell(job.execution_arn)
  await tell(`${MACHINE.replace(':stateMachine:', ':execution:')}:nobody`)
  expect(standDowns(job)).toEqual([])
  expect((await product.jobs.get(job.job_execution_id))?.version).toBe(1)
})

test('a stand-down that somebody stopped is started anew', async () => {
  const job = await started()
  stopByHand(product, job.execution_arn)
  await tell(job.execution_arn)
  const [first = ''] = standDowns(job)
  stopByHand(product, first)
  await tell(first, STAND_DOWN)
  expect(standDowns(job)).toHaveLength(2)
  expect((await product.jobs.get(job.job_execution_id))?.generation).toBe(1)
})

test('of a stand-down that somebody stopped its event says whose it was', async () => {
  const job = await started()
  stopByHand(product, job.execution_arn)
  await tell(job.execution_arn)
  const [first = ''] = standDowns(job)
  const { input } = product.executions.get(first)!
  stopByHand(product, first)
  product.calls.length = 0
  await tell(first, STAND_DOWN, { input })
  expect(standDowns(job)).toHaveLength(2)
  // Of the job's execution and of the stand-down that the sweeper found taken.
  expect(product.calls.filter((call) => call === 'DescribeExecution')).toHaveLength(2)
})

test('while another sweep is under way nothing is swept, and once it died or ended everything is', async () => {
  const lost = await started()
  stopByHand(product, lost.execution_arn)
  const now = Date.now()
  const lease = new TableSweepLease(product.access)
  await lease.take({ owner: 'another', at: timeAt(now), until: timeAt(now + 60_000) })
  expect(await sweep({}, CONTEXT)).toEqual({ jobs: 0, failed: 0 })
  expect(standDowns(lost)).toEqual([])
  await lease.take({ owner: 'another', at: timeAt(now), until: timeAt(now) })
  await sweep({}, CONTEXT)
  expect(standDowns(lost)).toHaveLength(1)
})

test('the sweeper finds what lost its event, and one job that fails does not keep the others waiting', async () => {
  const [lost, other] = [await started(), await started()]
  stopByHand(product, lost.execution_arn)
  const broken = { ...product.executions.get(other.execution_arn)!, status: UNREADABLE }
  product.executions.set(other.execution_arn, broken)
  const swept = (await sweep({}, CONTEXT)) as { jobs: number; failed: number }
  expect(swept.failed).toBe(1)
  expect(standDowns(lost)).toHaveLength(1)
})
