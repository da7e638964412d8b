import { expect, test } from 'vitest'
import { openHouse, step } from '#test/engine/house.ts'
import { refusal, useTable } from './kit.ts'

const table = useTable()

test('a redriven execution of an ended job starts no step and is stopped at once', async () => {
  const house = openHouse(table().client, [step('copy', 1)], { leaseMs: 1 })
  const job = await house.start()
  await (await house.abort(job, 'force')).stopping
  await house.standDown(job, {})
  const ended = house.executions.all.get(job.execution_arn)!
  house.executions.all.set(job.execution_arn, { ...ended, status: 'RUNNING', end: null })
  expect((await refusal(house, job, 'copy')).name).toBe('JobAborted')
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
})
