import { setTimeout as sleep } from 'node:timers/promises'

export type PollOptions = { forMs?: number; everyMs?: number }

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 500

/**
 * Asks until `look` answers something, and answers that. Unless `everyMs` says otherwise, the pauses grow with
 * the time waited: each look is work for the machine on which the others wait, too. The bound is there to end a
 * hopeless wait, so it is generous: it says nothing about how fast things should be.
 */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | null | undefined | false>,
  { forMs = 120_000, everyMs }: PollOptions = {},
): Promise<Value> {
  const started = Date.now()
  for (;;) {
    const found = await look()
    if (found) return found
    const waited = Date.now() - started
    if (waited > forMs) throw new Error(`waited ${forMs} ms in vain for ${what}`)
    await sleep(everyMs ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS + waited / 10))
  }
}
