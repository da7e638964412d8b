import { GetObjectTaggingCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import type { Store } from '../store/migration.ts'

type Kept = Partial<
  Pick<
    HeadObjectCommandOutput,
    | 'CacheControl'
    | 'ContentDisposition'
    | 'ContentEncoding'
    | 'ContentLanguage'
    | 'ContentType'
    | 'Metadata'
    | 'ExpiresString'
    | 'TagCount'
  >
>

/** What goes with the bytes, as a PutObject or CreateMultipartUpload takes it. */
export function keptHeaders(from: Kept) {
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType, Metadata } = from
  const all = { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType, Metadata }
  const expires = Date.parse(from.ExpiresString ?? '')
  const present = Object.entries(all).filter(([, value]) => value !== undefined)
  return {
    ...(Object.fromEntries(present) as { [Name in keyof typeof all]?: NonNullable<Kept[Name]> }),
    ...(Number.isNaN(expires) ? {} : { Expires: new Date(expires) }),
  }
}

/** The tags as a header; asked for only where the object says that it has some. */
export async function keptTags(
  { client, bucket }: Store,
  { key, count = 0 }: { key: string; count: number | undefined },
  signal: AbortSignal,
): Promise<{ Tagging?: string }> {
  if (count === 0) return {}
  const wanted = new GetObjectTaggingCommand({ Bucket: bucket, Key: key })
  const { TagSet = [] } = await client.send(wanted, { abortSignal: signal })
  const pairs = TagSet.map(({ Key = '', Value = '' }) => [Key, Value])
  return { Tagging: new URLSearchParams(pairs).toString() }
}
