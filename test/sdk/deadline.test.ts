import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTable, type Table } from '#test/aws/table.ts'
import { openHouse, step } from '#test/engine/house.ts'
import { failure, invoke, stepOf } from './kit.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

test('a running step that sees the deadline of an abort pass makes it a forced one', async () => {
  const house = openHouse(table.client, [step('copy', 1, { abortable: 'boundary' })], { leaseMs: 60_000 })
  const job = await house.start()
  const copy = stepOf(house, {
    name: 'copy',
    abortable: 'boundary',
    run: async (_input, { signal }) => {
      await house.abort(job, 'graceful', { force_after_seconds: 0.1 })
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      signal.throwIfAborted()
    },
  })
  expect((await failure(invoke(house, job, copy))).name).toBe('JobAborted')
  const forced = await house.ports.jobs.get(job.job_execution_id)
  expect(forced?.abort_request).toMatchObject({
    mode: 'force',
    escalations: [{ mode: 'force', requested_by: 'deadline' }],
  })
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
})
