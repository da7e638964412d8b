import { createHash } from 'node:crypto'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import type { Migration, Store } from '../store/migration.ts'
import type { Pair } from './compare.ts'

/** Reads both objects; the source must still be the one that was listed. */
export async function sameContent(migration: Migration, pair: Pair, signal: AbortSignal): Promise<boolean> {
  const { object, target, seen } = pair
  const [source, destination] = await Promise.all([
    hashOf(migration.source, { key: object.key, etag: object.etag }, signal),
    hashOf(migration.destination, { key: target, etag: seen!.etag }, signal),
  ])
  return source === destination
}

type Version = { key: string; etag: string }

async function hashOf(
  { client, bucket }: Store,
  { key, etag }: Version,
  signal: AbortSignal,
): Promise<string> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: `"${etag}"` })
  const { Body } = await client.send(command, { abortSignal: signal })
  const hash = createHash('sha256')
  for await (const chunk of (Body ?? []) as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted()
    hash.update(chunk)
  }
  return hash.digest('hex')
}
