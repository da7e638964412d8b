/** Fewer would be a slip of the finger rather than a name. */
export const SHORTEST = 4
const USUAL = 8

/** The shortest beginning that tells an id from the others beside it. */
export function shortId(id: string, all: string[]): string {
  for (let length = USUAL; length < id.length; length += 1) {
    const short = id.slice(0, length)
    if (all.every((other) => other === id || !other.startsWith(short))) return short
  }
  return id
}
