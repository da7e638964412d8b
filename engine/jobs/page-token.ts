import { RequestInvalidError } from '#core/errors.ts'

/** Where a list goes on, as its caller gets it: opaque, so that nobody counts on what is in it. */
export const encodeToken = (place: string): string => Buffer.from(place).toString('base64url')

/** The place in a token. @throws RequestInvalidError for a token that no such list gave */
export function decodeToken(token: string, isPlace: (text: string) => boolean): string {
  const place = Buffer.from(token, 'base64url').toString()
  if (isPlace(place) && encodeToken(place) === token) return place
  const detail = 'is not a token that this list gave: leave it out to start anew'
  throw new RequestInvalidError(`next_token ${detail}`, [{ pointer: '/next_token', detail }])
}
