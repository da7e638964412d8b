import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type ListPartsCommandOutput,
} from '@aws-sdk/client-s3'
import { isDenied, isLacking, isNotFound } from '../store/faults.ts'
import { bareEtag, readKey } from '../store/keys.ts'
import type { Store } from '../store/migration.ts'
import { eachPage } from '../store/paging.ts'
import { send } from '../store/send.ts'
import { shownKey } from '../store/store-error.ts'

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
  if (store.lacks.has('list-uploads')) return null
  try {
    return await listUploads(store, key, signal)
  } catch (error) {
    if (!isLacking(error) && !isDenied(error)) throw error
    await store.lacks.tell('list-uploads', (error as Error).message, signal)
    return null
  }
}

async function listUploads(
  { client, bucket }: Store,
  key: string,
  signal: AbortSignal,
): Promise<OpenUpload[]> {
  const found: OpenUpload[] = []
  const ask = (marker: UploadMarker) => {
    const at = { Bucket: bucket, Prefix: key, KeyMarker: marker.key, UploadIdMarker: marker.id }
    return send(client, new ListMultipartUploadsCommand({ ...at, EncodingType: 'url' }), signal)
  }
  const first = ({ Uploads: [upload] = [] }: ListMultipartUploadsCommandOutput) =>
    upload && `${upload.Key} ${upload.UploadId}`
  const listing = { what: `the uploads of bucket ${bucket}`, ask, next: nextUpload, first }
  for await (const page of eachPage(listing, {})) {
    for (const { Key = '', UploadId: id = '', Initiated, Initiator } of page.Uploads ?? []) {
      if (readKey(Key, page.EncodingType) !== key) continue
      found.push({ key, id, initiated: Initiated?.getTime() ?? null, initiator: Initiator?.ID ?? null })
    }
  }
  return found
}

type UploadMarker = { key?: string; id?: string | undefined }

/** Without markers the page's last upload is one. */
function nextUpload(page: ListMultipartUploadsCommandOutput): UploadMarker | null | undefined {
  const { IsTruncated, NextKeyMarker, NextUploadIdMarker, EncodingType, Uploads } = page
  if (!IsTruncated) return null
  const last = Uploads?.at(-1)
  const key = NextKeyMarker ? readKey(NextKeyMarker, EncodingType) : null
  if (key !== null) return { key, id: NextUploadIdMarker || undefined }
  const lastKey = readKey(last?.Key ?? '', EncodingType)
  return lastKey ? { key: lastKey, id: last?.UploadId } : undefined
}

/** The parts that have arrived, or null when there is no such upload any more. */
export async function arrivedParts(
  store: Store,
  upload: Upload,
  signal: AbortSignal,
): Promise<FinishedPart[] | null> {
  const parts: FinishedPart[] = []
  const ask = (marker: string | undefined) => listParts(store, { ...upload, marker }, signal)
  const first = (page: ListPartsCommandOutput | null) => page?.Parts?.[0]?.PartNumber?.toString()
  const listing = { what: `the parts of ${shownKey(upload.key)}`, ask, next: nextPart, first }
  for await (const page of eachPage<ListPartsCommandOutput | null, string | undefined>(listing, undefined)) {
    if (!page) return null
    for (const { PartNumber = 0, Size = 0, ETag } of page.Parts ?? []) {
      parts.push({ number: PartNumber, size: Size, etag: bareEtag(ETag) })
    }
  }
  return parts
}

function nextPart(page: ListPartsCommandOutput | null): string | null | undefined {
  if (!page?.IsTruncated) return null
  const { NextPartNumberMarker: next, Parts } = page
  return next && next !== '0' ? next : Parts?.at(-1)?.PartNumber?.toString()
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
