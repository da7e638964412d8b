import { setMaxListeners } from 'node:events'

export type Bounds = { limit: number; signal: AbortSignal }

/**
 * Works on at most `limit` items at once. The first failure aborts the rest, and it is thrown only once all
 * of them have ended: after that nobody writes any more.
 */
export async function inParallel<Item>(
  items: Iterable<Item>,
  { limit, signal }: Bounds,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  setMaxListeners(0, either)
  const queue = items[Symbol.iterator]()
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
  // an aborted SDK call throws its own AbortError: the reason says why
  throw signal.aborted ? signal.reason : first.error
}
