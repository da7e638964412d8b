import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
} from '@aws-sdk/client-s3'
import { isNoSuchUpload } from '../store/faults.ts'
import { commonPrefix } from '../store/find-objects.ts'
import { bareEtag, decodeKey } from '../store/keys.ts'
import type { Store } from '../store/migration.ts'

export type Upload = { key: string; id: string }
export type FinishedPart = { number: number; size: number; etag: string }

/** Every upload that is open for one of `keys`. */
export async function openUploads(store: Store, keys: string[], signal: AbortSignal): Promise<Upload[]> {
  if (keys.length === 0) return []
  const among = new Set(keys)
  const found: Upload[] = []
  const wanted = { Bucket: store.bucket, Prefix: commonPrefix(keys), EncodingType: 'url' as const }
  let marker: { KeyMarker?: string; UploadIdMarker?: string } | null = {}
  while (marker) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({ ...wanted, ...marker })
    const page = await store.client.send(command, { abortSignal: signal })
    for (const { Key = '', UploadId: id = '' } of page.Uploads ?? []) {
      const key = decodeKey(Key, page.EncodingType)
      if (among.has(key)) found.push({ key, id })
    }
    const { NextKeyMarker, NextUploadIdMarker, EncodingType } = page
    marker =
      page.IsTruncated && NextKeyMarker !== undefined
        ? {
            KeyMarker: decodeKey(NextKeyMarker, EncodingType),
            ...(NextUploadIdMarker === undefined ? {} : { UploadIdMarker: NextUploadIdMarker }),
          }
        : null
  }
  return found
}

/** The parts that have arrived, or null when there is no such upload any more. */
export async function arrivedParts(
  store: Store,
  { key, id }: Upload,
  signal: AbortSignal,
): Promise<FinishedPart[] | null> {
  const parts: FinishedPart[] = []
  let marker: string | undefined
  do {
    const page = await listParts(store, { key, id, marker }, signal)
    if (!page) return null
    for (const { PartNumber = 0, Size = 0, ETag } of page.Parts ?? []) {
      parts.push({ number: PartNumber, size: Size, etag: bareEtag(ETag) })
    }
    marker = page.IsTruncated ? page.NextPartNumberMarker : undefined
  } while (marker !== undefined)
  return parts
}

type From = Upload & { marker: string | undefined }

async function listParts({ client, bucket }: Store, { key, id, marker }: From, signal: AbortSignal) {
  const from = marker === undefined ? {} : { PartNumberMarker: marker }
  const command = new ListPartsCommand({ Bucket: bucket, Key: key, UploadId: id, ...from })
  try {
    const page: ListPartsCommandOutput = await client.send(command, { abortSignal: signal })
    return page
  } catch (error) {
    if (isNoSuchUpload(error)) return null
    throw error
  }
}

/** One try: a part that was in flight may arrive after it, so ask `arrivedParts` afterwards. */
export async function abortUpload(store: Store, { key, id }: Upload, signal: AbortSignal): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: store.bucket, Key: key, UploadId: id })
  try {
    await store.client.send(command, { abortSignal: signal })
  } catch (error) {
    if (!isNoSuchUpload(error)) throw error
  }
}
