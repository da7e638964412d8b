import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endLeftWork } from '#cli/dev/end-left-work.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { startTable, TABLE, type Table } from '../../aws/table.ts'
import { endOf, INVOCATION, openHouse, step } from '../../engine/house.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

test('nobody waits for the lease of a step that a killed runtime ran', async () => {
  const house = openHouse(table.client, [step('copy', 1)], { leaseMs: 600_000 })
  const job = await house.start()
  await claimStep(house.stepPorts(), house.payload(job, 'copy').standdown, INVOCATION)
  house.executions.end(job.execution_arn, 'ABORTED', { error: 'RuntimeEnded', cause: 'killed' })
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  expect((await drain(house.ports, input)).running).toBe(1)
  const left = { dynamodb: new URL(table.endpoint), region: 'us-east-1', outputs: { TableName: TABLE } }
  const { signal } = new AbortController()
  await endLeftWork(left, { root: join(import.meta.dirname, '../../..'), signal })
  expect((await drain(house.ports, input)).running).toBe(0)
})
