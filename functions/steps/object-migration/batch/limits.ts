const MIB = 1024 ** 2
const BATCHES_PER_TIER = 500

/** An execution's history holds 25,000 events, and each child of the Map takes about seven of them. */
export const MAX_BATCHES = 3_000

/**
 * How much a batch holds: 100 objects or 256 MiB, ten times that from the 500th batch on, a hundred times from
 * the 1,000th, and so on. A few objects are so spread over many children, and 3,000 batches hold five billion.
 */
export function batchLimits(batch: number): { objects: number; bytes: number } {
  const scale = 10 ** Math.floor(batch / BATCHES_PER_TIER)
  return { objects: 100 * scale, bytes: 256 * MIB * scale }
}
