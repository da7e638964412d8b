import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { CannotCleanUp, defineStep, type RunTools } from '#sdk/index.ts'
import { testStep } from '#sdk/testing/test-step.ts'

/** What the steps below make, and have to take away. */
const made = new Set<number>()
beforeEach(() => made.clear())

type Hooks = Parameters<typeof defineStep<{ to: number }, { made: number }, number>>[0]

const making = (more: Partial<Hooks> = {}) =>
  defineStep({
    name: 'make',
    abortable: 'checkpoint',
    async run(input: { to: number }, { checkpoint, resumeFrom }: RunTools<number>) {
      for (let n = resumeFrom ?? 0; n < input.to; n += 1) {
        made.add(n)
        await turn()
        await checkpoint(n + 1)
      }
      return { made: input.to }
    },
    async abort() {
      made.clear()
    },
    async revert({ result }) {
      for (let n = 0; n < (result?.made ?? 0); n += 1) made.delete(n)
    },
    ...more,
  })

const left = () => [...made]
const setUp = () => made.clear()
const input = { to: 3 }
const testing = (more: Partial<Hooks> = {}) => testStep(making(more), { input, setUp, left })

describe('a step that nobody aborts', () => {
  test('tells its result, its last checkpoint and its state', async () => {
    expect(await testing().run()).toMatchObject({
      state: 'SUCCEEDED',
      result: { made: 3 },
      checkpoint: 3,
      attempts: 1,
      fault: null,
    })
  })

  test('that throws has failed, and is cleaned up', async () => {
    const run = () => Promise.reject(new TypeError('no such key'))
    expect(await testing({ run }).run()).toMatchObject({
      state: 'FAILED',
      fault: 'TypeError: no such key',
      job: 'FAILED',
    })
  })
})

describe('an abort', () => {
  test('at its second checkpoint: what came before it is kept, and cleaned up', async () => {
    const outcome = await testing().abortAt('checkpoint', 2)
    expect(outcome).toMatchObject({ state: 'CANCELLED', job: 'CANCELLED', checkpoint: 2, cleanedUp: true })
    expect(left()).toEqual([])
  })

  test('by force fences it there', async () => {
    expect(await testing().abortAt('checkpoint', 1, { mode: 'force' })).toMatchObject({ state: 'CANCELLED' })
  })

  test('of a boundary step lets it run to its end, and with a rollback undoes it', async () => {
    const boundary = testing({ abortable: 'boundary' })
    expect(await boundary.abortAt('checkpoint', 1)).toMatchObject({ state: 'SUCCEEDED', job: 'CANCELLED' })
    expect(left()).toEqual([0, 1, 2])
    const undone = await boundary.abortAt('checkpoint', 1, { rollback: true })
    expect(undone).toMatchObject({ state: 'CANCELLED', cleanedUp: true })
    expect(left()).toEqual([])
  })

  test('after the last safe point comes too late, and says so', async () => {
    expect(await testing().abortAt('checkpoint', 4)).toMatchObject({ state: 'SUCCEEDED', reached: false })
  })
})

describe('a crash', () => {
  test('after a checkpoint: the next attempt goes on from it', async () => {
    const outcome = await testing().crashAfter('checkpoint', 2)
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', attempts: 2, result: { made: 3 } })
  })

  test('before it was kept: the next attempt does that part again', async () => {
    const resumed: (number | null)[] = []
    const run: Hooks['run'] = async ({ to }, { checkpoint, resumeFrom }) => {
      resumed.push(resumeFrom)
      for (let n = resumeFrom ?? 0; n < to; n += 1) await checkpoint(n + 1)
      return { made: to }
    }
    await testing({ run }).crashAfter('checkpoint', 2, { kept: false })
    expect(resumed).toEqual([null, 1])
  })
})

describe('aborted everywhere', () => {
  test('a step that cleans up passes, three ways at each of its three checkpoints', async () => {
    expect(await testing().abortEverywhere()).toBe(9)
  })

  test('one that forgets what it did before its last checkpoint was kept is found out', async () => {
    const abort: Hooks['abort'] = async ({ checkpoint }) => {
      for (let n = 0; n < (checkpoint ?? 0); n += 1) made.delete(n)
    }
    await expect(testing({ abort }).abortEverywhere()).rejects.toThrow(
      'aborted by force after a crash at its safe point 1 the step left behind: [ 0 ]',
    )
  })

  test('one whose clean-up fails is found out', async () => {
    const abort = () => Promise.reject(new CannotCleanUp('the disk is read-only'))
    await expect(testing({ abort }).abortEverywhere()).rejects.toThrow(
      /aborted gracefully at its safe point 1 the step is FAILED .*the disk is read-only/,
    )
  })

  test('one without a safe point is told of', async () => {
    await expect(testing({ run: async () => ({ made: 0 }) }).abortEverywhere()).rejects.toThrow(
      'came to no safe point',
    )
  })
})
