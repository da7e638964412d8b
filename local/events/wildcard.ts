import { invalidPattern } from './invalid-pattern.ts'

/** Compiles EventBridge's wildcard: `*` is any run of characters, `\*` and `\\` are themselves. */
export function compileWildcard(pattern: string, at: string): (value: string) => boolean {
  const parts = splitAtStars(pattern, at)
  const [first = '', ...rest] = parts
  if (rest.length === 0) return (value) => value === first
  const last = rest.pop() ?? ''
  // No regular expression: the parts are sought left to right, so no pattern can backtrack without end.
  return (value) => {
    if (value.length < first.length + last.length) return false
    if (!value.startsWith(first) || !value.endsWith(last)) return false
    let position = first.length
    const end = value.length - last.length
    for (const part of rest) {
      const found = value.indexOf(part, position)
      if (found === -1 || found + part.length > end) return false
      position = found + part.length
    }
    return position <= end
  }
}

function splitAtStars(pattern: string, at: string): string[] {
  const parts = ['']
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index]
    if (character === '*') {
      if (pattern[index + 1] === '*') throw invalidPattern(`consecutive wildcards, at ${at}`)
      parts.push('')
      continue
    }
    if (character === '\\') {
      index += 1
      if (!['*', '\\'].includes(pattern[index] ?? '')) {
        throw invalidPattern(`only \\* and \\\\ may be escaped, at ${at}`)
      }
    }
    parts[parts.length - 1] += pattern[index] ?? ''
  }
  return parts
}
