import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTable, type Table } from '#test/aws/table.ts'
import { openHouse, step } from '#test/engine/house.ts'
import { failure, invoke, stepOf } from './kit.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

test('a redriven execution of an ended job starts no step and is stopped at once', async () => {
  const house = openHouse(table.client, [step('copy', 1)], { leaseMs: 1 })
  const job = await house.start()
  await (await house.abort(job, 'force')).stopping
  await house.standDown(job, {})
  const ended = house.executions.all.get(job.execution_arn)!
  house.executions.all.set(job.execution_arn, { ...ended, status: 'RUNNING', end: null })
  let ran = false
  const copy = stepOf(house, {
    name: 'copy',
    run: async () => {
      ran = true
    },
  })
  expect((await failure(invoke(house, job, copy))).name).toBe('JobAborted')
  expect(ran).toBe(false)
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
})
