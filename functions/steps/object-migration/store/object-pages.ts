import {
  type _Object,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type OptionalObjectAttributes,
} from '@aws-sdk/client-s3'
import { bareEtag, readKey } from './keys.ts'
import type { Store } from './migration.ts'
import { eachPage, ListingError } from './paging.ts'
import { send, sendRecord } from './send.ts'

/** An object as a listing has it. `key` is null where the listed name cannot be decoded. */
export type FoundObject = {
  key: string | null
  /** As it was listed. */
  encodedKey: string
  size: number
  /** Empty where the listing has none. */
  etag: string
  modified: Date | undefined
  /** Empty where the listing has none. */
  storageClass: string
  /** A copy of what is archived can be read; told only where it was asked for. */
  isRestored: boolean
  /** The algorithms, not the sums. */
  checksums: string[]
}

type ListedStore = Pick<Store, 'client' | 'bucket'> & { isRecord?: boolean }
/**
 * `firstPage`: the objects that the first page is asked for, where more than those are not wanted; `restores`: also
 * asks whether archived objects are restored, which Amazon S3 knows.
 */
export type ObjectRange = {
  prefix: string
  startAfter?: string | undefined
  firstPage?: number
  restores?: boolean
}

const RESTORE_STATUS: OptionalObjectAttributes[] = ['RestoreStatus']

type Marker = { token?: string; startAfter?: string | undefined }

/**
 * The objects of a store, page by page, from the first key after `startAfter`. A page that is cut short without
 * a token is gone on from by its last key.
 *
 * @throws ListingError where the pages do not move on, or what answers is no listing
 */
export async function* objectPages(
  { client, bucket, isRecord = false }: ListedStore,
  { prefix, startAfter, firstPage, restores }: ObjectRange,
  signal: AbortSignal,
): AsyncGenerator<FoundObject[]> {
  const what = `the objects of bucket ${bucket}`
  let pageSize = firstPage
  const ask = async ({ token, startAfter }: Marker) => {
    const at = {
      ContinuationToken: token,
      StartAfter: startAfter,
      MaxKeys: pageSize,
      ...(restores && { OptionalObjectAttributes: RESTORE_STATUS }),
    }
    pageSize = undefined
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, EncodingType: 'url', ...at })
    const page = await (isRecord ? sendRecord : send)(client, list, signal)
    if (isListing(page)) return page
    throw new ListingError(`what should list ${what} is no listing of an S3 store`)
  }
  const first = ({ Contents }: ListObjectsV2CommandOutput) => Contents?.[0]?.Key
  const pages = eachPage({ what, ask, next: nextMarker, first }, { startAfter } as Marker)
  for await (const page of pages) {
    const objects = (page.Contents ?? []).map((object) => toFound(object, page.EncodingType))
    refuseEarlier(what, objects, startAfter)
    yield objects
  }
}

/** A web server's page that happens to be XML is read as a listing of nothing. */
const isListing = ({ Name, Prefix, KeyCount, MaxKeys, IsTruncated, Contents }: ListObjectsV2CommandOutput) =>
  [Name, Prefix, KeyCount, MaxKeys, IsTruncated, Contents].some((field) => field !== undefined)

function nextMarker(page: ListObjectsV2CommandOutput): Marker | null | undefined {
  if (!page.IsTruncated) return null
  if (page.NextContinuationToken) return { token: page.NextContinuationToken }
  const readable = (page.Contents ?? []).map(({ Key = '' }) => readKey(Key, page.EncodingType))
  const last = readable.filter((key) => key !== null).at(-1)
  return last === undefined ? undefined : { startAfter: last }
}

const toFound = (
  { Key = '', Size = 0, ETag, LastModified, StorageClass, RestoreStatus, ChecksumAlgorithm = [] }: _Object,
  encoding: string | undefined,
): FoundObject => ({
  key: Key === '' ? null : readKey(Key, encoding),
  encodedKey: Key,
  size: Size,
  etag: bareEtag(ETag),
  modified: LastModified,
  storageClass: StorageClass ?? '',
  isRestored: RestoreStatus?.RestoreExpiryDate !== undefined && !RestoreStatus.IsRestoreInProgress,
  checksums: ChecksumAlgorithm,
})

/**
 * A store that ignores `StartAfter` begins anew on a resume. Stores order keys by UTF-8 or by UTF-16: what comes
 * too early by both was asked for never.
 */
function refuseEarlier(what: string, objects: FoundObject[], startAfter: string | undefined): void {
  if (startAfter === undefined) return
  const after = Buffer.from(startAfter)
  const isEarlier = (key: string) => key <= startAfter && Buffer.compare(Buffer.from(key), after) <= 0
  if (!objects.some(({ key }) => key !== null && isEarlier(key))) return
  throw new ListingError(`the listing of ${what} does not move on: it begins anew where it was to go on`)
}
