import { setTimeout as wait } from 'node:timers/promises'
import { RunCommandUnavailable } from '../errors.ts'

export type Clock = { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> }

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }),
}

export type Rate = { firstMs: number; longestMs: number }

/** For a command that runs: asked every second, Systems Manager throttles the whole account. */
export const POLLING: Rate = { firstMs: 500, longestMs: 15_000 }
/** For CancelCommand: repeated as it promises nothing. */
export const CANCELLING: Rate = { firstMs: 1_000, longestMs: 15_000 }

const GROWTH = 1.5
/** Where it throttles, or does not answer, pauses grow faster, and longer. */
const BACK_OFF = 2
const LONGEST_BACK_OFF_MS = 60_000

type Pacing = { clock: Clock; rate: Rate; signal: AbortSignal }

/**
 * Asks until `look` answers something but undefined. A call that fails for now is no answer, so the pause grows; it
 * ends at once where the signal aborts.
 */
export async function askUntil<Answer>(
  { clock, rate, signal }: Pacing,
  look: () => Promise<Answer | undefined>,
): Promise<Answer> {
  let pauseMs = rate.firstMs
  for (;;) {
    signal.throwIfAborted()
    const answer = await look().catch(noAnswer)
    if (answer !== undefined && answer !== UNAVAILABLE) return answer
    signal.throwIfAborted()
    await clock.sleep(pauseMs * (0.5 + Math.random() / 2), signal)
    pauseMs =
      answer === UNAVAILABLE
        ? Math.min(LONGEST_BACK_OFF_MS, pauseMs * BACK_OFF)
        : Math.min(rate.longestMs, pauseMs * GROWTH)
  }
}

const UNAVAILABLE = Symbol('unavailable')

function noAnswer(error: unknown): typeof UNAVAILABLE {
  if (error instanceof RunCommandUnavailable) return UNAVAILABLE
  throw error
}
