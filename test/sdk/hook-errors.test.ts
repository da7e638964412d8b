import { expect, test } from 'vitest'
import { drain } from '#engine/stand-down/drain.ts'
import { nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { endOf, type House, lambdaContext, openHouse, step } from '#test/engine/house.ts'
import { failure, invoke, stepOf, useTable, whenAborted } from './kit.ts'

const table = useTable()

/** The call of the `abort` hook of a job whose one step gave up in the middle. */
async function hookCall(house: House, handler: ReturnType<typeof stepOf>) {
  const job = await house.start()
  await failure(invoke(house, job, handler))
  await house.abort(job, 'force')
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  await drain(house.ports, input)
  const { calls } = await nextHookRound(house.ports, input)
  return calls[0]!.payload
}

test('a long error of a hook is cut, so that a round of them fits the data of a state machine', async () => {
  const house = openHouse(table().client, [step('copy', 1)])
  const handler = stepOf(house, {
    name: 'copy',
    run: () => Promise.reject(new Error('half-way')),
    abort: () => Promise.reject(Object.assign(new Error('x'.repeat(50_000)), { name: 'StoreError' })),
  })
  const error = await failure(handler(await hookCall(house, handler), lambdaContext()))
  expect(error.name).toBe('StoreError')
  expect(error.message).toBe('x'.repeat(1_000))
  expect(error.stack?.length).toBeLessThanOrEqual(2_000)
})

test('a hook cut off by the end of its Lambda fails as such, whatever it threw then', async () => {
  const house = openHouse(table().client, [step('copy', 1)])
  const handler = stepOf(house, {
    name: 'copy',
    run: () => Promise.reject(new Error('half-way')),
    abort: async ({ signal }) => {
      await whenAborted(signal)
      throw new Error('socket closed')
    },
  })
  const error = await failure(handler(await hookCall(house, handler), lambdaContext(3_050)))
  expect(error.name).toBe('StepOutOfTime')
})
