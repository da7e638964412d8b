import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3'

const CHECKSUMS = [
  'ChecksumSHA256',
  'ChecksumSHA1',
  'ChecksumCRC64NVME',
  'ChecksumCRC32C',
  'ChecksumCRC32',
] as const

/** Whether the store told any checksum of the object. */
export const hasChecksum = (head: HeadObjectCommandOutput): boolean =>
  CHECKSUMS.some((name) => head[name] !== undefined)

type Unequal = { name: string; source: string; copy: string }

/**
 * Null where the two have no checksum in common. A checksum that is composed of those of the parts (`...-3`)
 * depends on how the object was cut: two that differ prove nothing.
 */
export function byChecksum(
  source: HeadObjectCommandOutput,
  copy: HeadObjectCommandOutput,
): 'equal' | Unequal | null {
  for (const name of CHECKSUMS) {
    const [sourceSum, copySum] = [source[name], copy[name]]
    if (sourceSum === undefined || copySum === undefined) continue
    if (sourceSum === copySum) return 'equal'
    const isComposed = sourceSum.includes('-') || copySum.includes('-')
    if (!isComposed) return { name, source: sourceSum, copy: copySum }
  }
  return null
}
