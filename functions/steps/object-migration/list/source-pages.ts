import { type _Object, ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import type { ListedObject } from '../batch/batch.ts'
import { bareEtag, decodeKey } from '../store/keys.ts'
import type { Migration } from '../store/migration.ts'
import { send } from '../store/send.ts'

/**
 * The source's objects, page by page, from the first key after `startAfter`. A retry goes on from a key and not
 * from a continuation token, because in some stores a token ends with its session.
 */
export async function* sourcePages(
  { source, options }: Migration,
  startAfter: string | null,
  signal: AbortSignal,
): AsyncGenerator<ListedObject[]> {
  let token: string | undefined
  do {
    const command = new ListObjectsV2Command({
      Bucket: source.bucket,
      Prefix: source.prefix + (options.filter.prefix ?? ''),
      EncodingType: 'url',
      StartAfter: token === undefined ? (startAfter ?? undefined) : undefined,
      ContinuationToken: token,
    })
    const page: ListObjectsV2CommandOutput = await send(source.client, command, signal)
    yield (page.Contents ?? []).map((object) => toListed(object, page.EncodingType))
    token = page.IsTruncated ? page.NextContinuationToken : undefined
  } while (token !== undefined)
}

const toListed = ({ Key = '', Size = 0, ETag, LastModified }: _Object, encoding: string | undefined) => ({
  key: decodeKey(Key, encoding),
  size: Size,
  etag: bareEtag(ETag),
  last_modified: (LastModified ?? new Date(0)).toISOString(),
})
