import { createHash } from 'node:crypto'
import { startMd5 } from './md5.ts'
import { type ByteRange, type ObjectEnd, readRange } from './read-range.ts'

/** Between two checkpoints of one object. */
const RANGE = 32 * 1024 ** 2

/** How far an object was read: `md5` is the state of a hash that is not done. */
export type Reading = { etag: string; offset: number; md5: string | null }

export type ReadTools = {
  signal: AbortSignal
  /** Where an earlier attempt of the same two objects came to. */
  from: Reading | undefined
  /** Called after each range: keeps how far it is. */
  reached(reading: Reading): Promise<void>
}

function* rangesFrom(offset: number, size: number): Generator<ByteRange> {
  for (let start = offset; start < size; start += RANGE) yield { start, size: Math.min(RANGE, size - start) }
}

/** The MD5 of all that a store has of an object. */
export async function md5Of(end: ObjectEnd, size: number, tools: ReadTools): Promise<string> {
  const { signal, from } = tools
  const md5 = await startMd5(from?.md5 ?? null)
  const offset = from?.md5 ? from.offset : 0
  for (const range of rangesFrom(offset, size)) {
    await readRange(end, range, { signal, take: md5.update })
    await tools.reached({ etag: end.etag, offset: range.start + range.size, md5: md5.state() })
  }
  return md5.hex()
}

/** Reads an object at both ends, range by range. */
export async function sameContent(
  { source, copy }: { source: ObjectEnd; copy: ObjectEnd },
  size: number,
  tools: ReadTools,
): Promise<boolean> {
  const offset = tools.from?.md5 === null ? tools.from.offset : 0
  for (const range of rangesFrom(offset, size)) {
    const [sourceHash, copyHash] = await Promise.all([
      hashOf(source, range, tools.signal),
      hashOf(copy, range, tools.signal),
    ])
    if (sourceHash !== copyHash) return false
    await tools.reached({ etag: copy.etag, offset: range.start + range.size, md5: null })
  }
  return true
}

async function hashOf(end: ObjectEnd, range: ByteRange, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await readRange(end, range, { signal, take: (bytes) => void hash.update(bytes) })
  return hash.digest('hex')
}
