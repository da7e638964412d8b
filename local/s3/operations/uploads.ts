import { checksumHeaders, multipartType, requestedAlgorithm } from '../checksums.ts'
import { objectMetadata, tagsFromHeader } from '../object-metadata.ts'
import { afterKey, atKey, type Cursor, listPage, nameEncoder, pageSize } from '../paging.ts'
import { consumeBody } from '../request-body.ts'
import type { Handler } from '../s3-data.ts'
import { S3Error } from '../s3-error.ts'
import { numberParameter, type S3Request } from '../s3-request.ts'
import type { Upload } from '../upload-table.ts'
import { toXml } from '../xml.ts'
import { partAddress } from './copies.ts'
import { OWNER } from './owner.ts'

export const createMultipartUpload: Handler = ({ bucket, key, headers }, { uploads }) => {
  const algorithm = requestedAlgorithm(headers)
  const type = algorithm ? multipartType(algorithm, headers['x-amz-checksum-type']) : null
  const upload = uploads.create({
    bucket,
    key,
    headers: objectMetadata(headers),
    tags: tagsFromHeader(headers),
    checksumAlgorithm: algorithm ?? null,
    checksumType: type,
  })
  return {
    headers: algorithm && type ? { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type } : {},
    body: toXml('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: upload.id }),
  }
}

export const uploadPart: Handler = async (request, { uploads, blobs }) => {
  const { id, number } = partAddress(request)
  const upload = uploads.get(request, id)
  const { filled, pieces } = await blobs.write((write) => consumeBody(request, write))
  const { size, md5, checksum } = filled
  const expected = upload.checksumAlgorithm
  if (expected && checksum?.algorithm !== expected) {
    blobs.collect(pieces.map((piece) => piece.blob))
    throw new S3Error(
      'InvalidRequest',
      `the upload was created with ${expected}; send each part's ${expected}`,
    )
  }
  uploads.putPart(upload, { number, size, etag: md5, checksum, pieces })
  const { 'x-amz-checksum-type': _whole, ...headers } = checksumHeaders(checksum)
  return { headers: { etag: `"${md5}"`, ...headers } }
}

export const abortMultipartUpload: Handler = (request, { uploads }) => {
  uploads.abort(uploads.get(request, request.query.get('uploadId') ?? ''))
  return { status: 204 }
}

export const listParts: Handler = (request, { uploads }) => {
  const { bucket, key, query } = request
  const upload = uploads.get(request, query.get('uploadId') ?? '')
  const marker = numberParameter(request, 'part-number-marker', 0)
  const max = pageSize(request, 'max-parts')
  const after = uploads.partsOf(upload).filter((part) => part.number > marker)
  const page = after.slice(0, max)
  const truncated = max > 0 && after.length > page.length
  return {
    body: toXml('ListPartsResult', {
      Bucket: bucket,
      Key: nameEncoder(request)(key),
      UploadId: upload.id,
      PartNumberMarker: marker,
      NextPartNumberMarker: truncated ? page.at(-1)?.number : undefined,
      MaxParts: max,
      IsTruncated: truncated,
      ChecksumAlgorithm: upload.checksumAlgorithm ?? undefined,
      ChecksumType: upload.checksumType ?? undefined,
      Initiator: OWNER,
      Owner: OWNER,
      StorageClass: 'STANDARD',
      Part: page.map(({ number, size, etag, modifiedAt, checksum }) => ({
        PartNumber: number,
        LastModified: new Date(modifiedAt).toISOString(),
        ETag: `"${etag}"`,
        Size: size,
        ...(checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value } : {}),
      })),
    }),
  }
}

function uploadCursor({ query }: S3Request): Cursor {
  const keyMarker = query.get('key-marker') ?? ''
  const idMarker = query.get('upload-id-marker') ?? ''
  if (keyMarker === '') return atKey('')
  return idMarker === '' ? afterKey(keyMarker) : { ...atKey(keyMarker), id: `${idMarker}\0` }
}

const uploadEntry = (upload: Upload, encode: (name: string) => string) => ({
  Key: encode(upload.key),
  UploadId: upload.id,
  Initiator: OWNER,
  Owner: OWNER,
  StorageClass: 'STANDARD',
  Initiated: new Date(upload.initiatedAt).toISOString(),
  ChecksumAlgorithm: upload.checksumAlgorithm ?? undefined,
  ChecksumType: upload.checksumType ?? undefined,
})

export const listMultipartUploads: Handler = (request, { buckets, uploads }) => {
  const { bucket, query } = request
  buckets.get(bucket)
  const encode = nameEncoder(request)
  const prefix = query.get('prefix') ?? ''
  const max = pageSize(request, 'max-uploads')
  const page = listPage(
    { prefix, delimiter: '', max, from: uploadCursor(request) },
    {
      atOrAfter: ({ key, id }) => uploads.atOrAfter(bucket, key, id),
      after: (upload: Upload) => ({ ...atKey(upload.key), id: `${upload.id}\0` }),
    },
  )
  const last = page.next && page.items.at(-1)
  return {
    body: toXml('ListMultipartUploadsResult', {
      Bucket: bucket,
      KeyMarker: encode(query.get('key-marker') ?? ''),
      UploadIdMarker: query.get('upload-id-marker') ?? '',
      NextKeyMarker: last && encode(last.key),
      NextUploadIdMarker: last?.id,
      Prefix: encode(prefix),
      EncodingType: query.get('encoding-type') ?? undefined,
      MaxUploads: max,
      IsTruncated: page.next !== undefined,
      Upload: page.items.map((upload) => uploadEntry(upload, encode)),
    }),
  }
}
