import { MAX_KEY_BYTES } from './keys.ts'

/** S3 lists keys in the order of their UTF-8 bytes, which is not that of JavaScript's strings. */
export const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

export function commonPrefix(keys: string[]): string {
  let prefix = keys[0] ?? ''
  for (const key of keys) while (!key.startsWith(prefix)) prefix = prefix.slice(0, -1)
  // half a surrogate pair has no UTF-8
  return /[\uD800-\uDBFF]$/.test(prefix) ? prefix.slice(0, -1) : prefix
}

/** A text that comes before `key` with nothing in between that a bucket would hold. */
export function justBefore(key: string): string {
  const characters = [...key]
  const last = characters.pop()
  const stem = characters.join('')
  const code = (last ?? '').codePointAt(0) ?? 0
  if (code === 0) return stem
  const lower = String.fromCodePoint(code === 0xe000 ? 0xd7ff : code - 1)
  const before = `${stem}${lower}\u{10ffff}`
  return Buffer.byteLength(before) <= MAX_KEY_BYTES ? before : stem
}
