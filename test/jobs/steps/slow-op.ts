import { setTimeout as sleep } from 'node:timers/promises'
import { defineStep } from '#sdk/index.ts'

const TICK_MS = 20

type SlowInput = { ms?: number; slow_from?: number }

/** From the item `slow_from` on it works for `ms`, with a checkpoint at every tick. */
export const handler = defineStep<unknown, { done: true }, number>({
  name: 'slow-op',
  abortable: 'checkpoint',
  async run(_input, { checkpoint, index, job }) {
    const { ms = 0, slow_from = 0 } = (job.input ?? {}) as SlowInput
    if (Number(index) < slow_from) return { done: true }
    for (let done = 0; done < ms; done += TICK_MS) {
      await sleep(TICK_MS)
      await checkpoint(done)
    }
    return { done: true }
  },
})
