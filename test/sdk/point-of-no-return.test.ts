import { expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { stepsOf } from '#engine/steps/steps-of.ts'
import { readValue } from '#engine/values/read.ts'
import { defineStep } from '#sdk/define-step.ts'
import { type House, lambdaContext, openHouse, step } from '#test/engine/house.ts'
import { failure, useTable } from './kit.ts'

const table = useTable()

test('right before what cannot be undone the abort is seen, however recent the last look', async () => {
  const house = openHouse(table().client, [step('delete', 1)])
  const job = await house.start()
  const undone: string[] = []
  const seldom = () => ({
    ...house.stepPorts(),
    timing: { leaseMs: 600_000, lookMs: 300_000, writeMs: 300_000 },
  })
  const handler = defineStep(
    {
      name: 'delete',
      abortable: 'checkpoint',
      run: async (_input, { checkpoint, pointOfNoReturn }) => {
        await pointOfNoReturn()
        undone.push('first')
        await house.abort(job, 'graceful')
        await checkpoint('the throttle lets this pass')
        undone.push('still reversible')
        await pointOfNoReturn()
        undone.push('second')
      },
    },
    seldom,
  )
  const error = await failure(handler(house.payload(job, 'delete'), lambdaContext()))
  expect(error.name).toBe('JobAborted')
  expect(undone).toEqual(['first', 'still reversible'])
})

const SELDOM = { leaseMs: 600_000, lookMs: 300_000, writeMs: 300_000 }

test.each([
  ['a small checkpoint', 'begun'],
  ['one that has an item of its own', 'x'.repeat(100_000)],
])('%s is kept by then, however recent the last write', async (_, data) => {
  const house = openHouse(table().client, [step('delete', 1)])
  const job = await house.start()
  const kept: unknown[] = []
  const handler = defineStep<unknown, void, string>(
    {
      name: 'delete',
      abortable: 'checkpoint',
      run: async (_input, { checkpoint, pointOfNoReturn }) => {
        await checkpoint('an earlier one')
        await pointOfNoReturn(data)
        kept.push(await keptCheckpoint(house, job))
      },
    },
    () => ({ ...house.stepPorts(), timing: SELDOM }),
  )
  await handler(house.payload(job, 'delete'), lambdaContext())
  expect(kept).toEqual([data])
})

test('a step that is aborted by then keeps it all the same, for its clean-up', async () => {
  const house = openHouse(table().client, [step('delete', 1)])
  const job = await house.start()
  const handler = defineStep<unknown, void, string>(
    {
      name: 'delete',
      abortable: 'checkpoint',
      run: async (_input, { pointOfNoReturn }) => {
        await house.abort(job, 'graceful')
        await pointOfNoReturn('not begun')
      },
    },
    () => ({ ...house.stepPorts(), timing: SELDOM }),
  )
  const error = await failure(handler(house.payload(job, 'delete'), lambdaContext()))
  expect(error.name).toBe('JobAborted')
  expect(await keptCheckpoint(house, job)).toBe('not begun')
})

async function keptCheckpoint({ ports }: House, job: Job): Promise<unknown> {
  const [claimed] = await stepsOf(ports, job)
  return readValue(ports, job.job_execution_id, claimed?.checkpoint ?? null)
}
