import { GetObjectTaggingCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import type { Store } from '../store/migration.ts'
import { send } from '../store/send.ts'

type SourceHeaders = Partial<
  Pick<
    HeadObjectCommandOutput,
    | 'CacheControl'
    | 'ContentDisposition'
    | 'ContentEncoding'
    | 'ContentLanguage'
    | 'ContentType'
    | 'Metadata'
    | 'ExpiresString'
  >
>

/** The headers that go with the bytes, as PutObject and CreateMultipartUpload take them. */
export function headersToCopy(source: SourceHeaders) {
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType, Metadata } = source
  const expires = Date.parse(source.ExpiresString ?? '')
  return {
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ContentType,
    Metadata,
    Expires: Number.isNaN(expires) ? undefined : new Date(expires),
  }
}

/** The tags as the header `x-amz-tagging`; they are read only where the object says that it has some. */
export async function tagsToCopy(
  { client, bucket }: Store,
  { key, count = 0 }: { key: string; count: number | undefined },
  signal: AbortSignal,
): Promise<string | undefined> {
  if (count === 0) return undefined
  const command = new GetObjectTaggingCommand({ Bucket: bucket, Key: key })
  const { TagSet = [] } = await send(client, command, signal)
  const pairs = TagSet.map(({ Key = '', Value = '' }) => [Key, Value])
  return new URLSearchParams(pairs).toString()
}
