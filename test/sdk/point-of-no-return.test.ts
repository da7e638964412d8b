import { expect, test } from 'vitest'
import { defineStep } from '#sdk/define-step.ts'
import { lambdaContext, openHouse, step } from '#test/engine/house.ts'
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
