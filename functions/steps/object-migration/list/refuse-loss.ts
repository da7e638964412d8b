import { MIGRATION_ERRORS } from '../store/errors.ts'
import type { NotKept } from './not-kept.ts'

/** Something of the source would be lost, and the job was to refuse that. A repeat would find the same. */
export class LossRefused extends Error {
  override readonly name = MIGRATION_ERRORS.LossRefused
}

/**
 * What is not known refuses nothing: a missing right would make every job fail. Neither do checksums: what they say of
 * the bytes is proven of each copy, and most objects of most stores have one that no other store makes by itself.
 *
 * @throws LossRefused
 */
export function refuseLoss(notKept: NotKept[], address: string): void {
  const lost = notKept.filter(({ known, what }) => known && what !== 'checksums')
  if (lost.length === 0) return
  const named = lost.map(({ what, objects, bucket, why }) =>
    objects === undefined ? `${what} of bucket ${bucket}: ${why}` : `${what}: ${objects} objects ${why}`,
  )
  throw new LossRefused(
    `nothing was copied, since the destination would not have all (refuse_loss): ${named.join('; ')}: see ${address}`,
  )
}
