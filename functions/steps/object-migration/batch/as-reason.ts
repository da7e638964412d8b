/** An SDK call that is cut off throws its own AbortError; the step has to end with the signal's reason. */
export async function asReason<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}
