import { expect, test } from 'vitest'
import { firstSteps } from '#engine/jobs/parts.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { INVOCATION, openMemoryHouse, step } from '../house.ts'
import { withCalls } from '../with-calls.ts'

test('one look at a job reads the first thousand of its steps, and where there are more the last thousand, never all', async () => {
  const house = openMemoryHouse([step('copy', 1, { mapped: true })])
  const job = await house.start()
  const call = house.payload(job, 'copy').standdown
  const claim = (index: number) => claimStep(house.stepPorts(), { ...call, index }, INVOCATION)
  const limits: number[] = []
  const steps = withCalls(house.ports.steps, {
    list: () => Promise.reject(new Error('all of them')),
    page: (id, query) => {
      limits.push(query.limit)
      return house.ports.steps.page(id, query)
    },
    latest: (id, limit) => {
      limits.push(limit)
      return house.ports.steps.latest(id, limit)
    },
  })
  for (let index = 0; index < 1_000; index += 1) await claim(index)
  const whole = await firstSteps({ steps }, job)
  expect([whole.steps.length, whole.moreSteps, whole.latest]).toEqual([1_000, false, []])
  await claim(1_000)
  const first = await firstSteps({ steps }, job)
  expect([first.steps.length, first.moreSteps, first.latest.length]).toEqual([1_000, true, 1_000])
  expect(first.latest.map(({ index }) => index)).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 1))
  expect(limits).toEqual([1_001, 1_001, 1_000])
})
