import { checksumHeaders } from '../checksums.ts'
import { checkRead, writeCheck } from '../conditions.ts'
import { objectMetadata, tagsFromHeader } from '../object-metadata.ts'
import type { S3Object } from '../object-table.ts'
import { slicePieces } from '../piece-table.ts'
import { parseRange, rangeHeader } from '../range.ts'
import { consumeBody } from '../request-body.ts'
import type { Handler, S3Data } from '../s3-data.ts'
import type { Reply, S3Request } from '../s3-request.ts'

export const putObject: Handler = async (request, { buckets, objects, blobs }) => {
  buckets.get(request.bucket)
  const check = writeCheck(request)
  const headers = objectMetadata(request.headers)
  const tags = tagsFromHeader(request.headers)
  const { filled, pieces } = await blobs.write((write) => consumeBody(request, write))
  const { size, md5, checksum } = filled
  objects.put(request, { size, etag: md5, headers, tags, checksum, pieces }, check)
  return { headers: { etag: `"${md5}"`, ...checksumHeaders(checksum) } }
}

function objectHeaders(request: S3Request, object: S3Object, ranged: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    ...object.headers,
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
  }
  if (object.tags.length > 0) headers['x-amz-tagging-count'] = String(object.tags.length)
  // the checksum is that of the whole object: beside a part of it the SDK would take it for the part's
  const wanted = request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED'
  if (wanted && !ranged) Object.assign(headers, checksumHeaders(object.checksum))
  return headers
}

function readObject(request: S3Request, { objects }: S3Data) {
  const object = objects.get(request.bucket, request.key)
  checkRead(request, object)
  const range = parseRange(request.headers.range, object.size)
  const length = range ? range.length : object.size
  const headers = objectHeaders(request, object, range !== undefined)
  headers['content-length'] = String(length)
  if (range) headers['content-range'] = rangeHeader(range, object.size)
  return { object, start: range?.start ?? 0, length, status: range ? 206 : 200, headers }
}

export const headObject: Handler = (request, data) => {
  const { status, headers } = readObject(request, data)
  return { status, headers }
}

export const getObject: Handler = (request, data): Reply => {
  const { object, start, length, status, headers } = readObject(request, data)
  const pieces = slicePieces(data.objects.piecesOf(object), start, length)
  return { status, headers, body: data.blobs.read(pieces), release: data.blobs.pin(pieces) }
}

/** Deleting what is not there succeeds, as on AWS. */
export const deleteObject: Handler = (request, { objects }) => {
  const match = request.headers['if-match']
  const check = match === undefined ? () => undefined : writeCheck(request)
  objects.delete(request.bucket, request.key, check)
  return { status: 204 }
}
