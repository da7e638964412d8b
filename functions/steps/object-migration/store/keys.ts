import type { Migration } from './migration.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const MAX_KEY_BYTES = 1024

/** The destination's prefix takes the place of the source's. */
export const destinationKey = (
  { source, destination }: Pick<Migration, 'source' | 'destination'>,
  key: string,
) => destination.prefix + key.slice(source.prefix.length)

/**
 * A key of a listing, or null where it cannot be decoded. Every list is asked for with URL encoded keys, because
 * XML 1.0 cannot carry every character of a key.
 */
export function readKey(key: string, encoding: string | undefined): string | null {
  if (encoding?.toLowerCase() !== 'url') return key
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return null
  }
}

/** The header `x-amz-copy-source`, which the SDK sends as it is: encoding it is up to the caller. */
export const copySource = (bucket: string, key: string): string =>
  `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`

export const bareEtag = (etag: string | undefined): string => (etag ?? '').replace(/^"(.*)"$/, '$1')

/** A condition on an ETag; none where the store gave none, or a weak one, which never matches. */
export const ifMatch = (etag: string): string | undefined =>
  etag === '' || etag.startsWith('W/') ? undefined : `"${etag}"`

/** An MD5 of the whole object; a multipart object's ETag ends in the number of its parts. */
export const isPlainEtag = (etag: string): boolean => /^[0-9a-f]{32}$/i.test(etag)
