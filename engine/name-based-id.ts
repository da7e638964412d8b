import { createHash } from 'node:crypto'

/** An id in the form of a UUID (version 8) that the same text always gives. */
export function nameBasedId(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex')
  const [version, variant] = [`8${hash.slice(13, 16)}`, `a${hash.slice(17, 20)}`]
  return [hash.slice(0, 8), hash.slice(8, 12), version, variant, hash.slice(20, 32)].join('-')
}
