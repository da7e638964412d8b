import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fate, faultyClient } from '#test/aws/faults.ts'
import { startTable, type Table } from '#test/aws/table.ts'
import { openHouse, step } from '#test/engine/house.ts'
import { failure, gate, invoke, stepOf } from './kit.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

/** A house whose writes can be made to fail, once `cut` is set. */
function houseWithCut(leaseMs = 200) {
  const state = { cut: false }
  const { client } = faultyClient(table.endpoint, (): Fate => {
    if (state.cut) throw Object.assign(new Error('no route to the table'), { name: 'UnreachableError' })
    return 'through'
  })
  return { house: openHouse(client, [step('copy', 1)], { leaseMs }), state }
}

test('a step that cannot renew its lease goes on for a while, then stops itself to be resumed', async () => {
  const { house, state } = houseWithCut()
  const job = await house.start()
  let worked = 0
  const copy = stepOf(house, {
    name: 'copy',
    run: async (_input, { signal, checkpoint }) => {
      await checkpoint({ at: 7 })
      state.cut = true
      while (!signal.aborted) {
        worked += 1
        await checkpoint({ at: 8 }).catch(() => undefined)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      state.cut = false
      signal.throwIfAborted()
    },
  })
  const error = await failure(invoke(house, job, copy))
  expect(error.name).toBe('StepOutOfTime')
  expect(worked).toBeGreaterThan(1)
  const [kept] = await house.ports.steps.list(job.job_execution_id)
  expect(kept).toMatchObject({ state: 'ONGOING', attempt_ended: true })
})

test('after a lost lease the next attempt resumes the step, and the job is not stuck', async () => {
  const { house, state } = houseWithCut()
  const job = await house.start()
  const copy = stepOf(house, {
    name: 'copy',
    run: async (_input, { signal, attempt, resumeFrom, checkpoint }) => {
      if (attempt > 1) return resumeFrom
      await new Promise((resolve) => setTimeout(resolve, 25))
      await checkpoint({ at: 7 })
      state.cut = true
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
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
  const event = { type: 'keep' as const, at: past, owner: item!.owner!, data: null, lease_until: past }
  await house.ports.steps.apply(item!, event)
  expect(await invoke(house, job, copy)).toBe('second')
  const before = await house.ports.steps.list(job.job_execution_id)
  release.open()
  expect((await first).name).toBe('StepFenced')
  expect(await house.ports.steps.list(job.job_execution_id)).toEqual(before)
})
