import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import type { BatchObject } from '../batch/batch.ts'
import type { StoredObject } from '../store/find-object.ts'
import { bareEtag, isPlainEtag } from '../store/keys.ts'
import type { Migration, Store } from '../store/migration.ts'
import { send } from '../store/send.ts'
import { shownKey } from '../store/store-error.ts'
import { byChecksum, hasChecksum } from './checksums.ts'
import { md5Of, type ReadTools, sameContent } from './content.ts'

/** What showed that two objects are alike: the ETag, a checksum, the bytes themselves, or the size alone. */
export type Method = 'etag' | 'checksum' | 'content' | 'size'

/** An object as it was when it was compared; `version` only where the store told one. */
export type Seen = { etag: string; version?: string | undefined }
export type Proof = { method: Method; source: Seen; copy: Seen }

/** `gone`: at the destination there is nothing. */
export type Difference = { reason: 'changed' | 'gone'; message: string }
export type Verdict = { proof: Proof } | { difference: Difference }

export type ObjectPair = { object: BatchObject; stored: StoredObject | undefined }

export const changed = (message: string): Verdict => ({ difference: { reason: 'changed', message } })

const differ = (what: string, source: unknown, copy: unknown): Verdict =>
  changed(`${what}: ${source} at the source, ${copy} at the destination`)

/** An MD5 of the content, or of the MD5s of its parts. Others may be anything, and alike for other reasons. */
const isDigest = (etag: string): boolean => /^[0-9a-f]{32}(-\d+)?$/i.test(etag)
const sameDigest = ({ source, copy }: Record<'source' | 'copy', Seen>): boolean =>
  source.etag === copy.etag && isDigest(copy.etag)

/**
 * Compares by the cheapest means that proves something. Where nothing but the size is known, a move reads the bytes
 * and a copy only with `verify_checksums`.
 */
export async function compare(
  migration: Migration,
  { object, stored }: ObjectPair,
  tools: ReadTools,
): Promise<Verdict> {
  const { listed, target } = object
  if (!stored) return { difference: { reason: 'gone', message: 'missing at the destination' } }
  if (stored.size !== listed.size) return differ('size', listed.size, stored.size)
  const seen = { source: { etag: listed.etag }, copy: { etag: stored.etag } }
  if (sameDigest(seen) || listed.size === 0) return { proof: { method: 'etag', ...seen } }
  const [source, copy] = await Promise.all([
    headWithChecksums(migration.source, listed.key, tools.signal),
    headWithChecksums(migration.destination, target, tools.signal),
  ])
  if (isOther(source, listed)) return changed('the source is no longer what was listed')
  if (isOther(copy, stored)) return changed('written at the destination while it was compared')
  return byHeads(migration, { object, source, copy }, tools)
}

function headWithChecksums({ client, bucket }: Store, key: string, signal: AbortSignal) {
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })
  return send(client, command, signal)
}

const isOther = ({ ETag, ContentLength }: HeadObjectCommandOutput, listed: StoredObject): boolean =>
  (ContentLength !== undefined && ContentLength !== listed.size) ||
  (ETag !== undefined && listed.etag !== '' && bareEtag(ETag) !== listed.etag)

type Heads = { object: BatchObject; source: HeadObjectCommandOutput; copy: HeadObjectCommandOutput }

async function byHeads(migration: Migration, heads: Heads, tools: ReadTools): Promise<Verdict> {
  const { source, copy } = heads
  const seen = { source: seenIn(source), copy: seenIn(copy) }
  if (sameDigest(seen)) return { proof: { method: 'etag', ...seen } }
  const verdict = byChecksum(source, copy)
  if (verdict === 'equal') return { proof: { method: 'checksum', ...seen } }
  if (verdict) return differ(verdict.name, verdict.source, verdict.copy)
  await tellWithout(migration, heads, tools.signal)
  if (isMd5(source) && isMd5(copy) && seen.source.etag !== seen.copy.etag)
    return differ('ETag', seen.source.etag, seen.copy.etag)
  const { remainSource, verifyChecksums } = migration.options
  if (remainSource && !verifyChecksums) return { proof: { method: 'size', ...seen } }
  const difference = await byContent(migration, heads, tools)
  return difference === null ? { proof: { method: 'content', ...seen } } : changed(difference)
}

/** Amazon S3 has checksums: an object that has none was put there without. */
async function tellWithout(migration: Migration, heads: Heads, signal: AbortSignal): Promise<void> {
  const { listed, target } = heads.object
  const ends = [
    { store: migration.source, head: heads.source, key: listed.key },
    { store: migration.destination, head: heads.copy, key: target },
  ]
  for (const { store, head, key } of ends) {
    if (store.isAmazon || hasChecksum(head)) continue
    await store.lacks.tell('checksums', `HeadObject of ${shownKey(key)} told none`, signal)
  }
}

const seenIn = ({ ETag, VersionId }: HeadObjectCommandOutput): Seen => ({
  etag: bareEtag(ETag),
  version: VersionId,
})

/** Under a KMS or customer key an ETag looks like an MD5 and is none. */
const isMd5 = ({ ETag, ServerSideEncryption, SSECustomerAlgorithm }: HeadObjectCommandOutput): boolean =>
  isPlainEtag(bareEtag(ETag)) && !ServerSideEncryption?.startsWith('aws:kms') && !SSECustomerAlgorithm

/**
 * Null when the bytes are alike, otherwise what is not. Where the source tells its MD5, the copy's bytes must have
 * it: then also what the source sends wrong in the same way each time is found.
 */
async function byContent(
  migration: Migration,
  { object, source, copy }: Heads,
  tools: ReadTools,
): Promise<string | null> {
  const { size, key } = object.listed
  const ends = {
    source: { store: migration.source, key, etag: bareEtag(source.ETag) },
    copy: { store: migration.destination, key: object.target, etag: bareEtag(copy.ETag) },
  }
  const from = tools.from?.etag === ends.copy.etag ? tools.from : undefined
  const reading = { ...tools, from }
  if (!isMd5(source)) return (await sameContent(ends, size, reading)) ? null : 'the bytes differ'
  const md5 = await md5Of(ends.copy, size, reading)
  if (md5 === ends.source.etag.toLowerCase()) return null
  return `the bytes differ: their MD5 is ${ends.source.etag} at the source, ${md5} at the destination`
}
