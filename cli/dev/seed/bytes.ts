import { createCipheriv, createHash } from 'node:crypto'

/** Random-looking bytes that are the same at every start: a cipher over zeros, keyed by a name. */
export function byteSource(name: string): (size: number) => Buffer {
  const digest = createHash('sha256').update(name).digest()
  const cipher = createCipheriv('aes-128-ctr', digest.subarray(0, 16), digest.subarray(16))
  return (size) => cipher.update(Buffer.alloc(size))
}
