import { createHash } from 'node:crypto'
import type { Blobs } from './blobs.ts'
import { type Checksum, type ChecksumAlgorithm, createDigest } from './checksums.ts'
import type { Piece } from './piece-table.ts'

/** The MD5 and, where one is wanted, the checksum of stored bytes; the caller has pinned them. */
export async function digestPieces(
  blobs: Blobs,
  pieces: readonly Piece[],
  algorithm: ChecksumAlgorithm | undefined,
): Promise<{ etag: string; checksum: Checksum | null }> {
  const md5 = createHash('md5')
  const digest = algorithm && createDigest(algorithm)
  for await (const chunk of blobs.read(pieces)) {
    md5.update(chunk)
    digest?.update(chunk)
  }
  const etag = md5.digest('hex')
  if (!algorithm || !digest) return { etag, checksum: null }
  return { etag, checksum: { algorithm, value: digest.base64(), type: 'FULL_OBJECT' } }
}
