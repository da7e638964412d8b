import { MIGRATION_ERRORS } from '../store/errors.ts'
import { isTransient } from '../store/faults.ts'

/** A store does not answer, or asks to slow down: the step's next attempt resumes. */
export class StoreUnavailable extends Error {
  override readonly name = MIGRATION_ERRORS.StoreUnavailable
}

/**
 * Runs one attempt and ends it with an error that the state machine knows. An SDK call that is cut off
 * throws its own AbortError: the signal's reason says why.
 */
export async function attempt<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (!isTransient(error)) throw error
    const { name, message } = error as Error
    throw new StoreUnavailable(`a store does not answer (${name}: ${message}): the step resumes`, {
      cause: error,
    })
  }
}
