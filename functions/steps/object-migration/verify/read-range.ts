import { GetObjectCommand } from '@aws-sdk/client-s3'
import { bareEtag, ifMatch } from '../store/keys.ts'
import type { Store } from '../store/migration.ts'
import { send } from '../store/send.ts'

/** An object of a store that must still have this ETag; one without is taken as it is. */
export type ObjectEnd = { store: Store; key: string; etag: string }
export type ByteRange = { start: number; size: number }

/** What was read is not what was asked for: the object changed, or the store does not know ranges. */
export class ReadMismatch extends Error {
  override readonly name = 'ReadMismatch'
}

/** Hands over the bytes as they come, and never more than were asked for. */
export async function readRange(
  { store, key, etag }: ObjectEnd,
  { start, size }: ByteRange,
  { signal, take }: { signal: AbortSignal; take: (bytes: Uint8Array) => void },
): Promise<void> {
  if (size === 0) return
  const command = new GetObjectCommand({
    Bucket: store.bucket,
    Key: key,
    IfMatch: ifMatch(etag),
    Range: `bytes=${start}-${start + size - 1}`,
  })
  const { Body, ETag } = await send(store.client, command, signal)
  const where = `${store.bucket}/${key}`
  if (etag !== '' && ETag !== undefined && bareEtag(ETag) !== etag) {
    throw new ReadMismatch(`changed: ${where} has another ETag since it was listed`)
  }
  let read = 0
  for await (const chunk of (Body ?? []) as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted()
    read += chunk.length
    if (read > size) break
    take(chunk)
  }
  if (read === size) return
  const given = read > size ? `more than ${size}` : `${read} of ${size}`
  throw new ReadMismatch(`the store sent ${given} bytes of ${where} from byte ${start} on`)
}
