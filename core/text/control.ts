/**
 * Characters that text from elsewhere must not carry into a log, an answer or a page: Unicode's control characters,
 * some of which a terminal obeys, and the two separators at which a line reader breaks.
 */
const CONTROL = String.raw`\p{Cc}\u2028\u2029`
const EACH = new RegExp(`[${CONTROL}]`, 'gu')
const RUN = new RegExp(`[${CONTROL}]+`, 'gu')

/** Matches a text that has none of them. */
export const NO_CONTROL = new RegExp(`^[^${CONTROL}]*$`, 'u')

export const replaceControl = (text: string, by: (character: string) => string): string =>
  text.replace(EACH, by)

/** Many in a row become one blank. */
export const blankControl = (text: string): string => text.replace(RUN, ' ')
