import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import type { ListedObject } from '../batch/batch.ts'
import type { StoredObject } from '../store/find-objects.ts'
import { isPlainEtag } from '../store/keys.ts'
import type { Migration, Store } from '../store/migration.ts'
import { send } from '../store/send.ts'
import { sameContent } from './content.ts'

/** What showed that two objects are alike: the ETag, a checksum, the bytes themselves, or the size alone. */
export type Method = 'etag' | 'checksum' | 'content' | 'size'
export type Verdict = { ok: true; method: Method } | { ok: false; reason: string }
/** A listed object and what lies under its key at the destination. */
export type ObjectPair = { listed: ListedObject; target: string; stored: StoredObject | undefined }

const differ = (what: string, source: unknown, destination: unknown): Verdict => ({
  ok: false,
  reason: `${what}: ${source} at the source, ${destination} at the destination`,
})

/** Compares by the cheapest means that proves something; with `verify_checksums` by reading both. */
export async function compare(migration: Migration, pair: ObjectPair, signal: AbortSignal): Promise<Verdict> {
  const { listed, stored } = pair
  if (!stored) return { ok: false, reason: 'missing at the destination' }
  if (stored.size !== listed.size) return differ('size', listed.size, stored.size)
  if (stored.etag === listed.etag || listed.size === 0) return { ok: true, method: 'etag' }
  const [source, destination] = await Promise.all([
    headWithChecksums(migration.source, listed.key, signal),
    headWithChecksums(migration.destination, pair.target, signal),
  ])
  const verdict = byChecksum(source, destination)
  if (verdict) return verdict
  const isMd5 = (etag: string, head: HeadObjectCommandOutput) => isPlainEtag(etag) && !isEncrypted(head)
  if (isMd5(listed.etag, source) && isMd5(stored.etag, destination))
    return differ('ETag', listed.etag, stored.etag)
  if (!migration.options.verifyChecksums) return { ok: true, method: 'size' }
  const versions = {
    source: { key: listed.key, etag: listed.etag },
    destination: { key: pair.target, etag: stored.etag },
  }
  if (await sameContent(migration, versions, signal)) return { ok: true, method: 'content' }
  return { ok: false, reason: 'the bytes differ' }
}

function headWithChecksums({ client, bucket }: Store, key: string, signal: AbortSignal) {
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })
  return send(client, command, signal)
}

/** Under a KMS or customer key an ETag looks like an MD5 and is none. */
const isEncrypted = (head: HeadObjectCommandOutput): boolean =>
  (head.ServerSideEncryption?.startsWith('aws:kms') ?? false) || head.SSECustomerAlgorithm !== undefined

const CHECKSUMS = [
  'ChecksumSHA256',
  'ChecksumSHA1',
  'ChecksumCRC64NVME',
  'ChecksumCRC32C',
  'ChecksumCRC32',
] as const

/**
 * Null where the two have no checksum in common. A checksum that is composed of those of the parts (`...-3`)
 * depends on how the object was cut: two that differ prove nothing.
 */
function byChecksum(source: HeadObjectCommandOutput, destination: HeadObjectCommandOutput): Verdict | null {
  for (const name of CHECKSUMS) {
    const [sourceSum, destinationSum] = [source[name], destination[name]]
    if (sourceSum === undefined || destinationSum === undefined) continue
    if (sourceSum === destinationSum) return { ok: true, method: 'checksum' }
    const isComposed = sourceSum.includes('-') || destinationSum.includes('-')
    if (!isComposed) return differ(name, sourceSum, destinationSum)
  }
  return null
}
