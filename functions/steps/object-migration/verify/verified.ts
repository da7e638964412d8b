import type { FaultReason } from '../store/faults.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import type { Method, Proof } from './compare.ts'

export type Methods = Record<Method, number>
export const noMethods = (): Methods => ({ etag: 0, checksum: 0, content: 0, size: 0 })

/** An object that is not whole at the destination, by its place in the manifest. */
export type Failure = { i: number; key: string; reason: FaultReason; message: string }

/** `verified/<batch>/<slice>.json`: what may be deleted at the source, and the rest. */
export type VerifiedSlice = { verified: VerifiedObject[]; failures: Failure[] }

/** By its place in the manifest. */
export type VerifiedObject = Proof & { i: number }

/** What a slice's verification found; null where it has not ended. */
export const findVerified = (
  { folder }: Migration,
  { batch, slice }: { batch: number; slice: number },
  signal: AbortSignal,
): Promise<VerifiedSlice | null> => folder.find<VerifiedSlice>(paths.verified(batch, slice), signal)
