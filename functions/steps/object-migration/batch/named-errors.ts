import { MIGRATION_ERRORS } from '../store/errors.ts'
import { isTransient } from '../store/faults.ts'

/** A store does not answer, or asks to slow down: the step's next attempt resumes. */
export class StoreUnavailable extends Error {
  override readonly name = MIGRATION_ERRORS.StoreUnavailable
}

/**
 * Does a step's work. A store's outage fails it as `StoreUnavailable`, which the state machine repeats. An SDK
 * call that was cut off throws an AbortError of its own, in whose place the signal's reason is thrown.
 */
export async function withNamedErrors<Result>(
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (!isTransient(error)) throw error
    const { message } = error as Error
    throw new StoreUnavailable(`a store does not answer (${message}): the step resumes`, { cause: error })
  }
}
