import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { ValueRef } from '#core/value.ts'
import { type House, type MemoryHouse, openMemoryHouse, step } from '#test/engine/house.ts'
import { failure, invoke, stepOf, untilAborted } from './kit.ts'

const stepsOf = (house: House, job: { job_execution_id: string }) =>
  house.ports.steps.list(job.job_execution_id)
const large = (what: string): string => what.repeat(50_000)

describe('no look at the abort waits for a value', () => {
  /** In memory, with a clock that the test moves; no value beside an item can be written. */
  function openWithout(put: () => Promise<never>) {
    const house = openMemoryHouse([step('list', 1), step('copy', 2)])
    const puts: unknown[] = []
    const values = {
      get: (jobId: string, ref: ValueRef) => house.ports.values.get(jobId, ref),
      put: () => {
        puts.push(put)
        return put()
      },
    }
    const stepPorts = { ...house.stepPorts(), values }
    return { house: { ...house, stepPorts: () => stepPorts }, puts }
  }

  /** Moves the clock until the work has ended. */
  async function ended<Result>(house: MemoryHouse, work: Promise<Result>): Promise<Result> {
    let over = false
    const done = () => {
      over = true
    }
    work.then(done, done)
    while (!over) await house.pass(100)
    return work
  }

  test.each<[string, () => Promise<never>]>([
    ['cannot be written', () => Promise.reject(new Error('throttled'))],
    ['is written for ever', () => new Promise<never>(() => undefined)],
  ])(
    'a step whose large checkpoint %s sees a graceful abort at once, and says that it stopped',
    async (_what, put) => {
      const { house, puts } = openWithout(put)
      const job = await house.start()
      const abortedAt: number[] = []
      const copy = stepOf(house, {
        name: 'copy',
        run: async (_input, { checkpoint, stopping }) => {
          for (; puts.length === 0; await pause(0)) await checkpoint(large('a'))
          await (await house.abort(job, 'graceful')).stopping
          abortedAt.push(house.clock.now())
          stopping.addEventListener('abort', () => abortedAt.push(house.clock.now()))
          await untilAborted({ checkpoint: () => checkpoint(large('b')) })
        },
      })
      expect((await ended(house, failure(invoke(house, job, copy)))).name).toBe('JobAborted')
      const [asked = 0, seen = 0] = abortedAt
      // Two looks, by the clock of the test.
      expect(seen - asked).toBeLessThanOrEqual(2 * house.stepPorts().timing.lookMs)
      expect((await stepsOf(house, job))[0]).toMatchObject({ state: 'CANCELLING', attempt_ended: true })
    },
  )

  test('its lease is renewed all the same, and a run that ends without its checkpoint fails', async () => {
    const { house, puts } = openWithout(() => Promise.reject(new Error('throttled')))
    const job = await house.start()
    const leases = new Set<string | null>()
    const copy = stepOf(house, {
      name: 'copy',
      run: async (_input, { checkpoint, signal }) => {
        while (leases.size < 4 && !signal.aborted) {
          await checkpoint(large('a'))
          leases.add((await stepsOf(house, job))[0]!.lease_until)
          await pause(0)
        }
      },
    })
    expect((await ended(house, failure(invoke(house, job, copy)))).message).toBe('throttled')
    expect([leases.size, puts.length > 0]).toEqual([4, true])
  })
})
