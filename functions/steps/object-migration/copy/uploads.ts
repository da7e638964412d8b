import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type ListPartsCommandOutput,
} from '@aws-sdk/client-s3'
import { isDenied, isLacking, isNotFound } from '../store/faults.ts'
import { bareEtag, decodeKey } from '../store/keys.ts'
import type { Store } from '../store/migration.ts'
import { send } from '../store/send.ts'

export type Upload = { key: string; id: string }
export type FinishedPart = { number: number; size: number; etag: string }

/** An upload as the store lists it; `initiated` in milliseconds. What a store does not say is null. */
export type OpenUpload = Upload & { initiated: number | null; initiator: string | null }

/** Every upload that is open for `key`. Null where the store does not list uploads, or not for this caller. */
export async function openUploads(
  store: Store,
  key: string,
  signal: AbortSignal,
): Promise<OpenUpload[] | null> {
  try {
    return await listUploads(store, key, signal)
  } catch (error) {
    if (isLacking(error) || isDenied(error)) return null
    throw error
  }
}

async function listUploads(store: Store, key: string, signal: AbortSignal): Promise<OpenUpload[]> {
  const found: OpenUpload[] = []
  let marker: UploadMarker | null = {}
  while (marker) {
    const command = new ListMultipartUploadsCommand({
      Bucket: store.bucket,
      Prefix: key,
      EncodingType: 'url',
      KeyMarker: marker.key,
      UploadIdMarker: marker.id,
    })
    const page = await send(store.client, command, signal)
    for (const { Key = '', UploadId: id = '', Initiated, Initiator } of page.Uploads ?? []) {
      if (decodeKey(Key, page.EncodingType) !== key) continue
      found.push({ key, id, initiated: Initiated?.getTime() ?? null, initiator: Initiator?.ID ?? null })
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
    if (isNotFound(error)) return null
    throw error
  }
}

/**
 * Aborts once; false where there was nothing to abort. Stores word that differently (`NoSuchUpload`, `NoSuchKey`):
 * any 404 says it. A part that was on its way may arrive afterwards: `arrivedParts` tells.
 */
export async function abortUpload(store: Store, { key, id }: Upload, signal: AbortSignal): Promise<boolean> {
  const command = new AbortMultipartUploadCommand({ Bucket: store.bucket, Key: key, UploadId: id })
  try {
    await send(store.client, command, signal)
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}
