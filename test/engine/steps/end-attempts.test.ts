import { expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { endAttempts } from '#engine/steps/end-attempts.ts'
import { endOf, INVOCATION, type MemoryHouse, openMemoryHouse, step } from '../house.ts'

const running = async (house: MemoryHouse, job: Job): Promise<number> =>
  (await drain(house.ports, { job_execution_id: job.job_execution_id, end: await endOf(house, job) })).running

/** A job whose step runs, and whose execution a killed runtime has cut off. */
async function cutOff() {
  const house = openMemoryHouse([step('copy', 1)])
  const job = await house.start()
  await claimStep(house.stepPorts(), house.payload(job, 'copy').standdown, INVOCATION)
  house.executions.end(job.execution_arn, 'ABORTED', { error: 'RuntimeEnded', cause: 'killed' })
  return { house, job }
}

test('a stand-down waits for a lease, and for none of a runtime that has ended', async () => {
  const { house, job } = await cutOff()
  expect(await running(house, job)).toBe(1)
  expect(await endAttempts(house.ports)).toBe(1)
  expect(await running(house, job)).toBe(0)
})

test('an attempt that was running when the runtime ended has no fault of its own', async () => {
  const { house, job } = await cutOff()
  await endAttempts(house.ports)
  await running(house, job)
  const [copy] = await house.ports.steps.list(job.job_execution_id)
  expect(copy).toMatchObject({ state: 'CANCELLING', attempt_ended: true, fault: null })
})

test('a clean-up that was running may be taken over at once', async () => {
  const { house, job } = await cutOff()
  const [copy] = await house.ports.steps.list(job.job_execution_id)
  await endAttempts(house.ports)
  await running(house, job)
  const take = (owner: string) =>
    house.ports.steps.apply(copy!, {
      type: 'take-over',
      at: new Date(house.clock.now()).toISOString(),
      hook: 'abort',
      call: 'stand-down',
      lease: {
        owner,
        epoch: copy!.epoch + 1,
        lease_until: new Date(house.clock.now() + 10_000).toISOString(),
        dead_by: new Date(house.clock.now() + 60_000).toISOString(),
      },
    })
  expect((await take('first')).kind).toBe('write')
  expect(await take('second')).toMatchObject({ kind: 'refused', reason: 'busy' })
  expect(await endAttempts(house.ports)).toBe(1)
  expect((await take('second')).kind).toBe('write')
})

test('what holds no lease is not written', async () => {
  const { house, job } = await cutOff()
  await endAttempts(house.ports)
  const before = await house.ports.steps.list(job.job_execution_id)
  expect(await endAttempts(house.ports)).toBe(0)
  expect(await house.ports.steps.list(job.job_execution_id)).toEqual(before)
})
