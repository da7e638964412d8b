import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { sweep } from '#engine/sweep.ts'
import { failure, stepOf } from '#test/sdk/kit.ts'
import { startTable, TABLE, type Table } from '../aws/table.ts'
import { cleanUp, type House, INVOCATION, openHouse, step } from './house.ts'
import { withCalls } from './with-calls.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const open = (): House => openHouse(table.client, [step('list', 1), step('copy', 2)], { leaseMs: 1 })

async function indexed(job: Job): Promise<boolean> {
  const query = {
    TableName: TABLE,
    IndexName: 'active',
    KeyConditionExpression: 'active = :ended',
    ExpressionAttributeValues: { ':ended': { S: 'ended' } },
  }
  const { Items = [] } = await table.client.send(new QueryCommand(query))
  return Items.some((item) => item.pk?.S === job.job_execution_id)
}

/** An attempt that claims its step and dies before it has looked at the job. */
async function claimAndDie(house: House, job: Job, name: string): Promise<void> {
  const get = () => Promise.reject(new Error('the Lambda died'))
  const jobs = withCalls(house.ports.jobs, { get })
  await failure(claimStep({ ...house.stepPorts(), jobs }, house.payload(job, name).standdown, INVOCATION))
}

const tidyings = (house: House): string[] =>
  [...house.executions.all.keys()].filter((arn) => arn.endsWith('-tidy'))

test('a step that a dead claim left open in an ended job is cleaned up by a last look', async () => {
  const house = open()
  const job = await house.start()
  house.executions.end(job.execution_arn, 'FAILED')
  await house.standDown(job, {})
  await claimAndDie(house, job, 'copy')
  await sweep(house.ports, 0)
  expect(tidyings(house)).toHaveLength(1)
  // Minutes later it still runs: another one would only wait beside it.
  const clock = withCalls(house.ports.clock, { now: () => Date.now() + 5 * 60_000 })
  await sweep({ ...house.ports, clock }, 0)
  const [tidying = ''] = tidyings(house)
  expect(tidyings(house)).toEqual([tidying])
  const end = { status: 'FAILED' as const, error: null, cause: null }
  const input = { job_execution_id: job.job_execution_id, end }
  while ((await drain(house.ports, input)).running > 0);
  await cleanUp(house, input, { copy: stepOf(house, { name: 'copy' }) })
  const [copy] = await house.ports.steps.list(job.job_execution_id)
  expect(copy).toMatchObject({ state: 'FAILED', fault: { exception: 'FAILED', module_name: 'copy' } })
  house.executions.end(tidying, 'SUCCEEDED')
  await sweep(house.ports, 0)
  expect(await indexed(job)).toBe(false)
})

test('an ended job with nothing open leaves the index and stays as it is', async () => {
  const house = open()
  const job = await house.start()
  await (await house.abort(job, 'force')).stopping
  const settled = await house.standDown(job, {})
  expect(await indexed(job)).toBe(true)
  await sweep(house.ports, 0)
  expect(await indexed(job)).toBe(false)
  expect(await house.ports.jobs.get(job.job_execution_id)).toEqual(settled)
  expect(tidyings(house)).toEqual([])
})

test('a job that has just ended is left alone', async () => {
  const house = open()
  const job = await house.start()
  await (await house.abort(job, 'force')).stopping
  await house.standDown(job, {})
  await sweep(house.ports)
  expect(await indexed(job)).toBe(true)
})
