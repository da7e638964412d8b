import type { Tag } from './object-table.ts'
import { S3Error } from './s3-error.ts'

const REDIRECT = 'x-amz-website-redirect-location'
const kept = ['cache-control', 'content-disposition', 'content-language', 'content-type', 'expires', REDIRECT]
const maxMetadataBytes = 2048

/** The request headers that become part of the object and come back with it. */
export function objectMetadata(headers: Record<string, string>): Record<string, string> {
  const stored: Record<string, string> = { 'content-type': 'binary/octet-stream' }
  for (const name of kept) {
    const value = headers[name]
    if (value !== undefined) stored[name] = value
  }
  const codings = (headers['content-encoding'] ?? '').split(',').map((coding) => coding.trim())
  const encoding = codings.filter((coding) => coding !== '' && coding !== 'aws-chunked').join(', ')
  if (encoding) stored['content-encoding'] = encoding
  return { ...stored, ...metadata(headers) }
}

function metadata(headers: Record<string, string>): Record<string, string> {
  const prefix = 'x-amz-meta-'
  const entries = Object.entries(headers).filter(([name]) => name.startsWith(prefix))
  const size = entries.reduce((sum, [name, value]) => sum + name.length - prefix.length + value.length, 0)
  if (size > maxMetadataBytes) {
    throw new S3Error('MetadataTooLarge', `the metadata has ${size} bytes; the most is ${maxMetadataBytes}`, {
      fields: { Size: size, MaxSizeAllowed: maxMetadataBytes },
    })
  }
  return Object.fromEntries(entries)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html gives the limits. */
function checkTags(tags: Tag[]): Tag[] {
  if (tags.length > 10) throw new S3Error('InvalidTag', `an object has at most 10 tags, got ${tags.length}`)
  for (const { key, value } of tags) {
    if (key === '' || key.length > 128 || value.length > 256) {
      throw new S3Error('InvalidTag', 'a tag key has 1 to 128 characters and its value at most 256')
    }
  }
  if (new Set(tags.map((tag) => tag.key)).size < tags.length) {
    throw new S3Error('InvalidTag', 'a tag key is given twice; give each once')
  }
  return tags
}

export const tagsFromHeader = (headers: Record<string, string>): Tag[] =>
  checkTags([...new URLSearchParams(headers['x-amz-tagging'] ?? '')].map(([key, value]) => ({ key, value })))

/** A copy has the redirect that its request names, never that of its source. */
export function copiedMetadata(
  source: Record<string, string>,
  request: Record<string, string>,
): Record<string, string> {
  const { [REDIRECT]: _own, ...copied } = source
  return request[REDIRECT] === undefined ? copied : { ...copied, [REDIRECT]: request[REDIRECT] }
}
