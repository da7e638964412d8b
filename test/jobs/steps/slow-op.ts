import { setTimeout as sleep } from 'node:timers/promises'
import { defineStep } from '#sdk/index.ts'

const TICK_MS = 20

/** Works for `ms` of its job's input, with a checkpoint at every tick. */
export const handler = defineStep<unknown, { done: true }, number>({
  name: 'slow-op',
  abortable: 'checkpoint',
  async run(_input, { checkpoint, job }) {
    const { ms = 0 } = (job.input ?? {}) as { ms?: number }
    for (let done = 0; done < ms; done += TICK_MS) {
      await sleep(TICK_MS)
      await checkpoint(done)
    }
    return { done: true }
  },
})
