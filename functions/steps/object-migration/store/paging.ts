/** A listing breaks off, or answers the same page for ever: going on would lose what it does not tell. */
export class ListingError extends Error {
  override readonly name = 'ListingError'
}

export type Listing<Page, Marker> = {
  /** What is listed, for the error: `the objects of bucket photos`. */
  what: string
  ask(marker: Marker): Promise<Page>
  /** Where to go on; null after the last page, undefined where the page is cut short and does not say. */
  next(page: Page): Marker | null | undefined
  /** What the page begins with; undefined for an empty one. */
  first(page: Page): string | undefined
}

/** Some stores answer pages that are empty, as where much was deleted; never so many. */
const MAX_EMPTY_PAGES = 10_000

/**
 * All pages of a listing. Whatever a store does with its tokens (none, an empty one, one that it ignores or
 * repeats), the pages move on or the listing fails.
 *
 * @throws ListingError
 */
export async function* eachPage<Page, Marker>(
  { what, ask, next, first }: Listing<Page, Marker>,
  start: Marker,
): AsyncGenerator<Page> {
  const seen = { markers: new Cycle(), firsts: new Cycle() }
  let empty = 0
  let marker: Marker | null = start
  while (marker !== null) {
    const page: Page = await ask(marker)
    const begins = first(page)
    empty = begins === undefined ? empty + 1 : 0
    const isRepeated = begins !== undefined && seen.firsts.closes(begins)
    if (isRepeated || empty > MAX_EMPTY_PAGES || seen.markers.closes(JSON.stringify([marker]))) {
      throw new ListingError(`the listing of ${what} does not move on: the same page comes again`)
    }
    yield page
    const following = next(page)
    if (following === undefined) {
      throw new ListingError(
        `the listing of ${what} breaks off: a page is cut short and does not say how to go on`,
      )
    }
    marker = following
  }
}

/**
 * Finds that a sequence has come round, by Brent's algorithm: one value is remembered at each power of two, so
 * that a cycle of any length is found in memory of one value.
 */
class Cycle {
  #kept: string | undefined
  #steps = 0
  #power = 1

  closes(value: string): boolean {
    if (value === this.#kept) return true
    this.#steps += 1
    if (this.#steps < this.#power) return false
    this.#kept = value
    this.#power *= 2
    this.#steps = 0
    return false
  }
}
