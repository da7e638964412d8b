import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Fate, faultyClient } from '#test/aws/faults.ts'
import { openHouse, step } from '#test/engine/house.ts'
import { failure, gate, invoke, stepOf, stopClock, useTable, whenAborted } from './kit.ts'

const table = useTable()

const LEASE_MS = 200

/** A house whose writes can be made to fail, once `cut` is set. */
function houseWithCut(leaseMs = LEASE_MS) {
  const state = { cut: false }
  const { client } = faultyClient(table().endpoint, (): Fate => {
    if (state.cut) throw Object.assign(new Error('no route to the table'), { name: 'UnreachableError' })
    return 'through'
  })
  return { house: openHouse(client, [step('copy', 1)], { leaseMs }), state }
}

test('a step that cannot renew its lease goes on for a while, then stops itself to be resumed', async () => {
  const { house, state } = houseWithCut()
  const job = await house.start()
  const pass = stopClock()
  let worked = 0
  const copy = stepOf(house, {
    name: 'copy',
    run: async (_input, { signal, checkpoint }) => {
      await checkpoint({ at: 7 })
      state.cut = true
      while (!signal.aborted) {
        worked += 1
        await checkpoint({ at: 8 }).catch(() => undefined)
        pass(house.stepPorts().timing.lookMs)
        await turnOfTheEventLoop()
      }
      state.cut = false
      signal.throwIfAborted()
    },
  })
  const error = await failure(invoke(house, job, copy))
  expect(error.name).toBe('StepOutOfTime')
  expect(worked).toBeGreaterThan(1)
  const [item] = await house.ports.steps.list(job.job_execution_id)
  expect(item).toMatchObject({ state: 'ONGOING', attempt_ended: true })
})

test('after a lost lease the next attempt resumes the step, and the job is not stuck', async () => {
  const { house, state } = houseWithCut()
  const job = await house.start()
  const pass = stopClock()
  const copy = stepOf(house, {
    name: 'copy',
    run: async (_input, { signal, attempt, resumeFrom, checkpoint }) => {
      if (attempt > 1) return resumeFrom
      pass(house.stepPorts().timing.lookMs)
      await checkpoint({ at: 7 })
      state.cut = true
      pass(LEASE_MS)
      await whenAborted(signal)
      state.cut = false
      throw signal.reason
    },
  })
  await failure(invoke(house, job, copy))
  expect(await invoke(house, job, copy)).toEqual({ at: 7 })
})

test('an error of the step reaches Step Functions also when it cannot be recorded', async () => {
  const { house, state } = houseWithCut()
  const job = await house.start()
  const copy = stepOf(house, {
    name: 'copy',
    run: async () => {
      state.cut = true
      throw Object.assign(new Error('the disk is full'), { name: 'DiskFullError' })
    },
  })
  const error = await failure(invoke(house, job, copy))
  expect(error.name).toBe('DiskFullError')
})

test('an attempt whose step was taken over is fenced, and writes nothing more', async () => {
  const { house } = houseWithCut(10_000)
  const job = await house.start()
  const started = gate()
  const release = gate()
  const copy = stepOf(house, {
    name: 'copy',
    run: async (_input, { attempt }) => {
      if (attempt > 1) return 'second'
      started.open()
      await release.passed
      return 'first'
    },
  })
  const first = failure(invoke(house, job, copy))
  await started.passed
  const [item] = await house.ports.steps.list(job.job_execution_id)
  const past = '2020-01-01T00:00:00.000Z'
  const event = { type: 'keep' as const, at: past, owner: item!.owner!, lease_until: past }
  await house.ports.steps.apply(item!, event)
  expect(await invoke(house, job, copy)).toBe('second')
  const before = await house.ports.steps.list(job.job_execution_id)
  release.open()
  expect((await first).name).toBe('StepFenced')
  expect(await house.ports.steps.list(job.job_execution_id)).toEqual(before)
})
