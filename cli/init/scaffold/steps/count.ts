import { setTimeout as pause } from 'node:timers/promises'
import { defineStep, type RunTools } from 'standdown'

type Input = { to: number; every_ms?: number }

export const handler = defineStep({
  name: 'count',
  abortable: 'checkpoint',
  async run({ to, every_ms = 1000 }: Input, { signal, checkpoint, progress, resumeFrom }: RunTools<number>) {
    for (let n = resumeFrom ?? 0; n < to; n += 1) {
      await pause(every_ms, undefined, { signal }) // the work: finished by a graceful abort, cut by force
      progress({ done: n + 1, total: to, unit: 'numbers' })
      await checkpoint(n + 1) // a safe point: saved, and where the abort is seen
    }
    return { counted: to }
  },
  async abort({ checkpoint }) {
    console.log(`stopped after ${checkpoint ?? 0}: here is freed what the run left behind`)
  },
})
