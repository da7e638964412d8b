import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type ListPartsCommandOutput,
} from '@aws-sdk/client-s3'
import { isNoSuchUpload } from '../store/faults.ts'
import { commonPrefix } from '../store/find-objects.ts'
import { bareEtag, decodeKey } from '../store/keys.ts'
import type { Store } from '../store/migration.ts'
import { send } from '../store/send.ts'

export type Upload = { key: string; id: string }
export type FinishedPart = { number: number; size: number; etag: string }

/** Every upload that is open for one of `keys`. */
export async function openUploads(store: Store, keys: string[], signal: AbortSignal): Promise<Upload[]> {
  if (keys.length === 0) return []
  const wanted = new Set(keys)
  const found: Upload[] = []
  let marker: UploadMarker | null = {}
  while (marker) {
    const command = new ListMultipartUploadsCommand({
      Bucket: store.bucket,
      Prefix: commonPrefix(keys),
      EncodingType: 'url',
      KeyMarker: marker.key,
      UploadIdMarker: marker.id,
    })
    const page = await send(store.client, command, signal)
    for (const { Key = '', UploadId: id = '' } of page.Uploads ?? []) {
      const key = decodeKey(Key, page.EncodingType)
      if (wanted.has(key)) found.push({ key, id })
    }
    marker = nextMarker(page)
  }
  return found
}

type UploadMarker = { key?: string; id?: string | undefined }

/** Null after the last page. */
function nextMarker(page: ListMultipartUploadsCommandOutput): UploadMarker | null {
  const { IsTruncated, NextKeyMarker, NextUploadIdMarker, EncodingType } = page
  if (!IsTruncated || NextKeyMarker === undefined) return null
  return { key: decodeKey(NextKeyMarker, EncodingType), id: NextUploadIdMarker }
}

/** The parts that have arrived, or null when there is no such upload any more. */
export async function arrivedParts(
  store: Store,
  upload: Upload,
  signal: AbortSignal,
): Promise<FinishedPart[] | null> {
  const parts: FinishedPart[] = []
  let marker: string | undefined
  do {
    const page = await listParts(store, { ...upload, marker }, signal)
    if (!page) return null
    for (const { PartNumber = 0, Size = 0, ETag } of page.Parts ?? []) {
      parts.push({ number: PartNumber, size: Size, etag: bareEtag(ETag) })
    }
    marker = page.IsTruncated ? page.NextPartNumberMarker : undefined
  } while (marker !== undefined)
  return parts
}

type PartsPage = Upload & { marker: string | undefined }

async function listParts(
  { client, bucket }: Store,
  { key, id, marker }: PartsPage,
  signal: AbortSignal,
): Promise<ListPartsCommandOutput | null> {
  const command = new ListPartsCommand({
    Bucket: bucket,
    Key: key,
    UploadId: id,
    PartNumberMarker: marker,
  })
  try {
    return await send(client, command, signal)
  } catch (error) {
    if (isNoSuchUpload(error)) return null
    throw error
  }
}

/** Aborts once. A part that was on its way may arrive afterwards: `arrivedParts` tells. */
export async function abortUpload(store: Store, { key, id }: Upload, signal: AbortSignal): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: store.bucket, Key: key, UploadId: id })
  try {
    await send(store.client, command, signal)
  } catch (error) {
    if (!isNoSuchUpload(error)) throw error
  }
}
