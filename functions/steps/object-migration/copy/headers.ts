import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import { ObjectError } from '../store/faults.ts'
import type { Store } from '../store/migration.ts'

export type SourceHeaders = Partial<
  Pick<
    HeadObjectCommandOutput,
    | 'CacheControl'
    | 'ContentDisposition'
    | 'ContentEncoding'
    | 'ContentLanguage'
    | 'ContentType'
    | 'ExpiresString'
    | 'Metadata'
    | 'MissingMeta'
    | 'WebsiteRedirectLocation'
  >
>

/**
 * The headers that go with the bytes, by their names. A value is as Node reads it off the wire: Latin-1, each
 * character one byte.
 */
export type KeptHeaders = Record<string, string>

/**
 * What of the source's headers is kept, as it was written there. Throws an `ObjectError` for an object of which
 * something could not be kept.
 */
export function keptHeaders(source: SourceHeaders, destination: Pick<Store, 'isAmazon'>): KeptHeaders {
  if (source.MissingMeta) {
    const message = `${source.MissingMeta} of its metadata entries are not shown by the store: they would be lost`
    throw new ObjectError('refused', message)
  }
  const metadata = Object.entries(source.Metadata ?? {}).map(([name, value]) => [
    `x-amz-meta-${name}`,
    storable(name, value, destination),
  ])
  const all = {
    'cache-control': source.CacheControl,
    'content-disposition': source.ContentDisposition,
    'content-encoding': withoutTransferCoding(source.ContentEncoding),
    'content-language': source.ContentLanguage,
    'content-type': source.ContentType,
    expires: source.ExpiresString,
    'x-amz-website-redirect-location': source.WebsiteRedirectLocation,
    ...Object.fromEntries(metadata),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as KeptHeaders
}

/** Some stores keep `aws-chunked`, which said only how the bytes were sent. What else stands there stays as it is. */
function withoutTransferCoding(encoding: string | undefined): string | undefined {
  const codings = (encoding ?? '').split(',').map((coding) => coding.trim())
  const kept = codings.filter((coding) => coding.toLowerCase() !== 'aws-chunked')
  if (kept.length === codings.length) return encoding
  return kept.length > 0 ? kept.join(', ') : undefined
}

export const isAscii = (value: string): boolean => /^[\x20-\x7e\t]*$/.test(value)

/**
 * Metadata is signed, and a signature is made over UTF-8. Amazon S3 takes RFC 2047 for what is beyond ASCII, and
 * answers it so. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
function storable(name: string, value: string, { isAmazon }: Pick<Store, 'isAmazon'>): string {
  if (isAscii(value)) return value
  const text = utf8Of(value)
  if (text === null) throw new ObjectError('refused', `its metadata entry ${name} is neither ASCII nor UTF-8`)
  if (isAmazon) return `=?UTF-8?B?${Buffer.from(value, 'latin1').toString('base64')}?=`
  // a signature takes any space for a plain one
  if (!/[^\S\t ]/.test(text)) return value
  throw new ObjectError('refused', `its metadata entry ${name} has a space that no signature can carry`)
}

/** The text of the bytes in a Latin-1 string, or null where they are no UTF-8. */
export function utf8Of(value: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'))
  } catch {
    return null
  }
}
