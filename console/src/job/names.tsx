/**
 * The whole id where it is short; else both its ends, by which it is named and confirmed, in full when pointed at.
 * The ends are drawn by the style sheet: what is read aloud or copied is the whole id.
 */
export function ShortId({ id }: { id: string }) {
  if (id.length <= 16) return <span className="id">{id}</span>
  return (
    <span className="id id-short" title={id} data-ends={`${id.slice(0, LAST)}…${lastOf(id)}`}>
      <span className="for-readers">{id}</span>
    </span>
  )
}

const LAST = 8
/** What a forced abort asks to be typed: the last eight characters, or all of a shorter id. */
export const lastOf = (id: string): string => id.slice(-LAST)

/** The name within a principal: `alice` of `arn:aws:iam::111122223333:user/alice`; in full when pointed at. */
export function whoOf(principal: string) {
  const name = principal.split('/').at(-1) ?? principal
  return <span title={principal}>{name}</span>
}
