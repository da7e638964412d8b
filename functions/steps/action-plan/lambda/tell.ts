import { CannotCleanUp } from '#sdk/index.ts'
import type { ActionParts } from '../actions/action.ts'
import { ActionTimedOut } from '../actions/errors.ts'
import { callPhase, type PhaseCall } from './call-phase.ts'
import { ownError } from './own-error.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000

/**
 * Calls the function of an abort or a revert until it answers, with the same key each time.
 *
 * @throws its own error, ActionTimedOut; CannotCleanUp where no repeat would help
 */
export async function tell(parts: ActionParts, call: PhaseCall): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const called = await callPhase(parts.functions, call)
    if (called.kind === 'answer') return
    if (called.kind === 'error') throw ownError(called)
    if (called.kind === 'late') throw new ActionTimedOut(called.why)
    if (called.kind === 'refused') throw new CannotCleanUp(called.why)
    await parts.sleep(pause, call.signal)
    call.signal.throwIfAborted()
  }
}
