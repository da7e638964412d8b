import { checksumFields, requestedAlgorithm } from '../checksums.ts'
import { checkCopySource, writeCheck } from '../conditions.ts'
import { digestPieces } from '../digest-pieces.ts'
import { copiedMetadata, objectMetadata, tagsFromHeader } from '../object-metadata.ts'
import type { S3Object } from '../object-table.ts'
import { slicePieces } from '../piece-table.ts'
import { parseCopyRange } from '../range.ts'
import type { Handler, S3Data } from '../s3-data.ts'
import { S3Error } from '../s3-error.ts'
import { decodeUri, type S3Request } from '../s3-request.ts'
import { toXml } from '../xml.ts'

const maxCopy = 5 * 1024 ** 3

function readSource(request: S3Request, { objects }: S3Data): S3Object {
  const header = request.headers['x-amz-copy-source'] ?? ''
  const [path = '', version] = header.split('?versionId=', 2)
  if (version !== undefined && version !== 'null') {
    throw new S3Error('NotImplemented', 'buckets here have no versions; copy the object without versionId')
  }
  const source = decodeUri(path.replace(/^\//, ''))
  const slash = source.indexOf('/')
  if (slash < 1 || slash === source.length - 1) {
    throw new S3Error('InvalidArgument', `x-amz-copy-source must be bucket/key, got ${header}`)
  }
  const object = objects.get(source.slice(0, slash), source.slice(slash + 1))
  checkCopySource(request, object)
  return object
}

function directive(request: S3Request, name: string): 'COPY' | 'REPLACE' {
  const value = request.headers[name] ?? 'COPY'
  if (value === 'COPY' || value === 'REPLACE') return value
  throw new S3Error('InvalidArgument', `${name} must be COPY or REPLACE, got ${value}`)
}

const isSelf = ({ bucket, key, headers }: S3Request) =>
  decodeUri((headers['x-amz-copy-source'] ?? '').replace(/^\//, '')) === `${bucket}/${key}`

/**
 * A copy is one plain object, whatever its source was: its ETag is the MD5 of the whole. No byte is moved, the new
 * object names the same blobs; they are read only where a digest is not known yet.
 */
function copyDigests(request: S3Request, { blobs, objects }: S3Data, source: S3Object) {
  const algorithm = requestedAlgorithm(request.headers) ?? source.checksum?.algorithm
  const { etag, checksum } = source
  const isPlain = !etag.includes('-') && checksum?.type !== 'COMPOSITE' && checksum?.algorithm === algorithm
  return isPlain ? { etag, checksum } : digestPieces(blobs, objects.piecesOf(source), algorithm)
}

export const copyObject: Handler = async (request, data) => {
  const { buckets, objects, blobs } = data
  buckets.get(request.bucket)
  const source = readSource(request, data)
  const metadata = directive(request, 'x-amz-metadata-directive')
  const tagging = directive(request, 'x-amz-tagging-directive')
  if (source.size > maxCopy) {
    throw new S3Error(
      'InvalidRequest',
      `a source of ${source.size} bytes needs a multipart copy; the most is ${maxCopy}`,
    )
  }
  if (isSelf(request) && metadata === 'COPY') {
    throw new S3Error('InvalidRequest', 'a copy onto itself must replace the metadata')
  }
  const check = writeCheck(request)
  const pieces = objects.piecesOf(source)
  const release = blobs.pin(pieces)
  try {
    const digested = await copyDigests(request, data, source)
    const headers =
      metadata === 'COPY' ? copiedMetadata(source.headers, request.headers) : objectMetadata(request.headers)
    const tags = tagging === 'COPY' ? source.tags : tagsFromHeader(request.headers)
    const stored = objects.put(request, { ...digested, size: source.size, headers, tags, pieces }, check)
    return { body: copyResult('CopyObjectResult', stored) }
  } finally {
    release()
  }
}

const copyResult = (root: string, copy: Pick<S3Object, 'etag' | 'modifiedAt' | 'checksum'>) =>
  toXml(root, {
    LastModified: new Date(copy.modifiedAt).toISOString(),
    ETag: `"${copy.etag}"`,
    ...checksumFields(copy.checksum),
  })

export const uploadPartCopy: Handler = async (request, data) => {
  const { objects, uploads, blobs } = data
  const { id, number } = partAddress(request)
  const upload = uploads.get(request, id)
  const source = readSource(request, data)
  const range = parseCopyRange(request.headers['x-amz-copy-source-range'], source.size)
  const all = objects.piecesOf(source)
  const pieces = range ? slicePieces(all, range.start, range.length) : all
  const release = blobs.pin(pieces)
  try {
    const digests = await digestPieces(blobs, pieces, upload.checksumAlgorithm ?? undefined)
    const part = uploads.putPart(upload, { ...digests, number, size: range?.length ?? source.size, pieces })
    return { body: copyResult('CopyPartResult', part) }
  } finally {
    release()
  }
}

const maxPartNumber = 10_000

export function partAddress({ query }: S3Request): { id: string; number: number } {
  const number = Number(query.get('partNumber'))
  if (Number.isInteger(number) && number >= 1 && number <= maxPartNumber) {
    return { id: query.get('uploadId') ?? '', number }
  }
  throw new S3Error(
    'InvalidArgument',
    `partNumber must be 1 to ${maxPartNumber}, got ${query.get('partNumber')}`,
    {
      fields: { ArgumentName: 'partNumber', ArgumentValue: query.get('partNumber') ?? '' },
    },
  )
}
