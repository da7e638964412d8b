import { eachObject } from '../batch/each-object.ts'
import { storeAnswers } from './answers.ts'
import { STORE_ATTEMPTS } from './errors.ts'
import { findObject, type StoredObject } from './find-object.ts'
import type { Store } from './migration.ts'

/** `pauses`: before an object that could not be looked at is looked at again; in ms. */
export type Looking = { signal: AbortSignal; pauses: readonly number[] }

const HEADS_AT_ONCE = 16

/**
 * Looks at objects one by one; null for what is not there. One that cannot be looked at, for whatever error, stops
 * none of the others: it is answered as `unseen`, and an outage is thrown only where the store does not list either.
 */
export async function lookAtEach(
  store: Store,
  keys: string[],
  { signal, pauses }: Looking,
): Promise<Map<string, StoredObject | null>> {
  const seen = new Map<string, StoredObject | null>()
  await eachObject(keys, {
    ...{ limit: HEADS_AT_ONCE, signal, pauses, doneBefore: 0 },
    // no later attempt would know more: whether the store answers decides now
    attempt: STORE_ATTEMPTS,
    work: async (key, inner) => void seen.set(key, await findObject(store, key, inner)),
    giveUp: async (key, { message }) => void seen.set(key, { etag: '', size: 0, unseen: message }),
    storesAnswer: (inner) => storeAnswers(store, inner),
    safePoint: async () => signal.throwIfAborted(),
  })
  return seen
}
