import { expect, test } from 'vitest'
import { openHouse, step } from '#test/engine/house.ts'
import { failure, invoke, stepOf, stopClock, useTable, whenAborted } from './kit.ts'

const table = useTable()

test('a running step that sees the deadline of an abort pass makes it a forced one', async () => {
  const house = openHouse(table().client, [step('copy', 1, { abortable: 'boundary' })], { leaseMs: 60_000 })
  const job = await house.start()
  const pass = stopClock()
  const copy = stepOf(house, {
    name: 'copy',
    abortable: 'boundary',
    run: async (_input, { signal }) => {
      await house.abort(job, 'graceful', { force_after_seconds: 1 })
      pass(1_000)
      await whenAborted(signal)
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
