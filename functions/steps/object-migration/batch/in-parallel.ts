import { setMaxListeners } from 'node:events'

export type Bounds = { limit: number; signal: AbortSignal }

/**
 * Works on at most `limit` values at once. The first failure aborts the work on the others, and is thrown only
 * when all of it has ended, so that nothing writes any more after the caller has caught it.
 */
export async function inParallel<Value>(
  values: Iterable<Value>,
  { limit, signal }: Bounds,
  work: (value: Value, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  setMaxListeners(0, either)
  const queue = values[Symbol.iterator]()
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      either.throwIfAborted()
      await work(next.value, either)
    }
  }
  let first: { error: unknown } | undefined
  const stopAll = (error: unknown) => {
    first ??= { error }
    failed.abort(error)
  }
  await Promise.all(Array.from({ length: limit }, () => worker().catch(stopAll)))
  if (!first) return
  // an SDK call that the signal cut off throws an AbortError, which does not say why
  throw signal.aborted ? signal.reason : first.error
}

const FEW = 8

/** Works on all values, a few at a time, whatever becomes of each. */
export async function settledFew<Value, Result>(
  values: Value[],
  work: (value: Value) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  const outcomes: PromiseSettledResult<Result>[] = []
  const bounds = { limit: FEW, signal: new AbortController().signal }
  await inParallel(values.entries(), bounds, async ([i, value]) => {
    const [outcome] = await Promise.allSettled([work(value)])
    outcomes[i] = outcome
  })
  return outcomes
}
