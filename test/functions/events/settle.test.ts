import type { EventBridgeEvent } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as settle } from '#functions/events/settle.ts'
import { handler as sweep } from '#functions/events/sweep.ts'
import { ask, CONTEXT } from '../http-event.ts'
import { MACHINE, type Product, STAND_DOWN, startProduct, stopByHand } from '../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
beforeEach(() => product.failing.clear())
afterAll(() => product.stop())

async function started(): Promise<Job> {
  const body = { job_template_fq_name: 'demo', input: {} }
  const told = await ask(executeJob, 'POST /execute-job', { body })
  return (await product.jobs.get(String(told.body.job_execution_id)))!
}
const tell = (executionArn: string, stateMachineArn = MACHINE) => {
  const detail = { executionArn, stateMachineArn, name: executionArn.split(':').at(-1), status: 'ABORTED' }
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

test('the sweeper finds what lost its event, and one job that fails does not keep the others waiting', async () => {
  const [lost, other] = [await started(), await started()]
  stopByHand(product, lost.execution_arn)
  const broken = { ...product.executions.get(other.execution_arn)!, cause: 7 as never }
  product.executions.set(other.execution_arn, broken)
  const told = (await sweep({}, CONTEXT)) as { jobs: number; failed: number }
  expect(told.failed).toBe(1)
  expect(standDowns(lost)).toHaveLength(1)
})
