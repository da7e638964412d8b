import { type _Object, ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { ListedObject } from '../batch/batch.ts'
import { bareEtag, decodeKey } from '../store/keys.ts'
import type { Migration } from '../store/migration.ts'

/**
 * The source's objects, page by page, after `startAfter`. A key and not a continuation token is what a
 * retry goes on from: a token ends with its session, in some stores.
 */
export async function* pages(
  { source, options }: Migration,
  startAfter: string | null,
  signal: AbortSignal,
): AsyncGenerator<ListedObject[]> {
  const Prefix = source.prefix + (options.filter.prefix ?? '')
  const from = startAfter === null ? {} : { StartAfter: startAfter }
  let next: string | undefined
  do {
    const token = next === undefined ? from : { ContinuationToken: next }
    const wanted = { Bucket: source.bucket, Prefix, EncodingType: 'url' as const, ...token }
    const page = await source.client.send(new ListObjectsV2Command(wanted), { abortSignal: signal })
    yield (page.Contents ?? []).map((object) => listed(object, page.EncodingType))
    next = page.IsTruncated ? page.NextContinuationToken : undefined
  } while (next !== undefined)
}

const listed = ({ Key = '', Size = 0, ETag, LastModified }: _Object, encoding: string | undefined) => ({
  key: decodeKey(Key, encoding),
  size: Size,
  etag: bareEtag(ETag),
  last_modified: (LastModified ?? new Date(0)).toISOString(),
})
