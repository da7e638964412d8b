import { randomUUID } from 'node:crypto'
import type { Clock, Ids } from '#engine/ports.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds)
    return () => clearTimeout(timer)
  },
  every: (milliseconds, work) => {
    const timer = setInterval(work, milliseconds)
    return () => clearInterval(timer)
  },
}

export const randomIds: Ids = { random: () => randomUUID() }
