import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import type { ListedObject } from '../batch/batch.ts'
import type { Seen } from '../store/find-objects.ts'
import { isPlainEtag } from '../store/keys.ts'
import type { Migration, Store } from '../store/migration.ts'
import { sameContent } from './content.ts'

/** What showed that two objects are alike: the bytes themselves, a checksum, the ETag, or the size alone. */
export type Method = 'etag' | 'checksum' | 'content' | 'size'
export type Verdict = { ok: true; method: Method } | { ok: false; reason: string }
export type Pair = { object: ListedObject; target: string; seen: Seen | undefined }

const differ = (what: string, source: unknown, destination: unknown): Verdict => ({
  ok: false,
  reason: `${what}: ${source} at the source, ${destination} at the destination`,
})

/** Compares by the cheapest means that proves something; with `verify_checksums` by reading both. */
export async function compare(migration: Migration, pair: Pair, signal: AbortSignal): Promise<Verdict> {
  const { object, seen } = pair
  if (!seen) return { ok: false, reason: 'missing at the destination' }
  if (seen.size !== object.size) return differ('size', object.size, seen.size)
  if (seen.etag === object.etag || object.size === 0) return { ok: true, method: 'etag' }
  const [source, destination] = await Promise.all([
    attributes(migration.source, object.key, signal),
    attributes(migration.destination, pair.target, signal),
  ])
  const told = byChecksum(source, destination)
  if (told) return told
  const isMd5 = (etag: string, head: HeadObjectCommandOutput) => isPlainEtag(etag) && !isEncrypted(head)
  if (isMd5(object.etag, source) && isMd5(seen.etag, destination))
    return differ('ETag', object.etag, seen.etag)
  if (!migration.options.verifyChecksums) return { ok: true, method: 'size' }
  if (await sameContent(migration, pair, signal)) return { ok: true, method: 'content' }
  return { ok: false, reason: 'the bytes differ' }
}

function attributes({ client, bucket }: Store, key: string, signal: AbortSignal) {
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })
  return client.send(command, { abortSignal: signal })
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

/** Null where the two have no checksum in common; one composed of parts tells only when it is the same. */
function byChecksum(source: HeadObjectCommandOutput, destination: HeadObjectCommandOutput): Verdict | null {
  for (const name of CHECKSUMS) {
    const [from, to] = [source[name], destination[name]]
    if (from === undefined || to === undefined) continue
    if (from === to) return { ok: true, method: 'checksum' }
    if (!from.includes('-') && !to.includes('-')) return differ(name, from, to)
  }
  return null
}
