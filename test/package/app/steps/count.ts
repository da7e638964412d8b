import { setTimeout as pause } from 'node:timers/promises'
import { defineStep, type RunTools } from 'standdown'

export const handler = defineStep({
  name: 'count',
  abortable: 'checkpoint',
  async run(input: { to: number }, { signal, checkpoint, progress, resumeFrom }: RunTools<number>) {
    for (let n = resumeFrom ?? 0; n < input.to; n += 1) {
      await pause(1000, undefined, { signal })
      progress({ done: n + 1, total: input.to, unit: 'numbers' })
      await checkpoint(n + 1)
    }
    return { counted: input.to }
  },
  async abort({ checkpoint }) {
    console.log(`stopped after ${checkpoint ?? 0}`)
  },
})
