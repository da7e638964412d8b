import { createHash } from 'node:crypto'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import type { Migration, Store } from '../store/migration.ts'
import { send } from '../store/send.ts'

type ObjectVersion = { key: string; etag: string }

/** Reads an object at both ends; each must still have the ETag of when it was looked at. */
export async function sameContent(
  migration: Migration,
  { source, destination }: { source: ObjectVersion; destination: ObjectVersion },
  signal: AbortSignal,
): Promise<boolean> {
  const [sourceHash, destinationHash] = await Promise.all([
    hashOf(migration.source, source, signal),
    hashOf(migration.destination, destination, signal),
  ])
  return sourceHash === destinationHash
}

async function hashOf(
  { client, bucket }: Store,
  { key, etag }: ObjectVersion,
  signal: AbortSignal,
): Promise<string> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: `"${etag}"` })
  const { Body } = await send(client, command, signal)
  const hash = createHash('sha256')
  for await (const chunk of (Body ?? []) as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted()
    hash.update(chunk)
  }
  return hash.digest('hex')
}
