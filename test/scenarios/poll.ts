import { setTimeout as sleep } from 'node:timers/promises'

export type PollOptions = { forMs?: number; everyMs?: number }

/**
 * Asks until `look` answers something, and answers that. The bound is there to end a hopeless wait, so it
 * is generous: it says nothing about how fast things should be.
 */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | null | undefined | false>,
  { forMs = 60_000, everyMs = 50 }: PollOptions = {},
): Promise<Value> {
  const end = Date.now() + forMs
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited ${forMs} ms in vain for ${what}`)
    await sleep(everyMs)
  }
}
