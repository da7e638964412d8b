import { expect, test } from 'vitest'
import type { HookTools } from '#sdk/index.ts'
import { lambdaContext, openHouse, step } from '#test/engine/house.ts'
import { failure, hookCall, stepOf, useTable, whenAborted } from './kit.ts'

const table = useTable()

type Abort = (tools: HookTools<unknown, unknown>) => Promise<void>

/** The error with which the clean-up of a step ends. */
async function hookFailure(abort: Abort, remainingMs?: number): Promise<Error> {
  const house = openHouse(table().client, [step('copy', 1)])
  const run = () => Promise.reject(new Error('half-way'))
  const handler = stepOf(house, { name: 'copy', run, abort })
  const payload = await hookCall(house, handler)
  return failure(handler(payload, lambdaContext(remainingMs)))
}

test('a long error of a hook is cut, so that a round of them fits the data of a state machine', async () => {
  const long = Object.assign(new Error('x'.repeat(50_000)), { name: 'StoreError' })
  const error = await hookFailure(() => Promise.reject(long))
  expect(error.name).toBe('StoreError')
  expect(error.message).toBe('x'.repeat(1_000))
  expect(error.stack?.length).toBeLessThanOrEqual(2_000)
})

test('a hook cut off by the end of its Lambda fails as such, whatever it threw then', async () => {
  const error = await hookFailure(async ({ signal }) => {
    await whenAborted(signal)
    throw new Error('socket closed')
  }, 3_050)
  expect(error.name).toBe('StepOutOfTime')
})
