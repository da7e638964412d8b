import { createHash } from 'node:crypto'
import { type Checksum, checksumFields, checksumHeader, compositeChecksum } from '../checksums.ts'
import { writeCheck } from '../conditions.ts'
import { digestPieces } from '../digest-pieces.ts'
import type { S3Object } from '../object-table.ts'
import { readXml } from '../request-body.ts'
import type { Handler, S3Data } from '../s3-data.ts'
import { S3Error } from '../s3-error.ts'
import type { S3Request } from '../s3-request.ts'
import type { Part, Upload } from '../upload-table.ts'
import { toXml } from '../xml.ts'
import { type Element, elementsIn, type Shape, textIn } from '../xml-document.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompletedPart.html */
const COMPLETION: Shape = {
  'Part+': {
    PartNumber: 'number',
    ETag: 'text',
    'ChecksumCRC32?': 'text',
    'ChecksumCRC32C?': 'text',
    'ChecksumCRC64NVME?': 'text',
    'ChecksumSHA1?': 'text',
    'ChecksumSHA256?': 'text',
  },
}

const minPart = 5 * 1024 ** 2

const unquote = (etag: string | undefined) => etag?.replace(/^"(.*)"$/, '$1')

function findPart(given: Element, stored: ReadonlyMap<number, Part>, upload: Upload): Part {
  const number = Number(textIn(given, 'PartNumber'))
  const part = stored.get(number)
  const fields = { UploadId: upload.id, PartNumber: number, ETag: textIn(given, 'ETag') ?? '' }
  if (!part || unquote(textIn(given, 'ETag')) !== part.etag) {
    throw new S3Error('InvalidPart', `part ${number} was not uploaded or has another ETag`, { fields })
  }
  const algorithm = part.checksum?.algorithm
  const checksum = algorithm && textIn(given, `Checksum${algorithm}`)
  if (checksum !== undefined && checksum !== part.checksum?.value) {
    throw new S3Error('InvalidPart', `part ${number} has another ${algorithm}`, { fields })
  }
  if (checksum === undefined && upload.checksumAlgorithm && upload.checksumType === 'COMPOSITE') {
    const wanted = upload.checksumAlgorithm
    throw new S3Error(
      'InvalidRequest',
      `the upload was created with ${wanted}; give it for part ${number} too`,
    )
  }
  return part
}

function checkOrder(parts: readonly Element[]) {
  const numbers = parts.map((part) => Number(textIn(part, 'PartNumber')))
  if (numbers.some((number, at) => at > 0 && number <= (numbers[at - 1] ?? 0))) {
    throw new S3Error('InvalidPartOrder', 'the parts must be listed in ascending order of their numbers')
  }
}

function checkSizes(parts: readonly Part[]) {
  for (const { number, size, etag } of parts.slice(0, -1)) {
    if (size >= minPart) continue
    throw new S3Error(
      'EntityTooSmall',
      `part ${number} has ${size} bytes; all but the last need ${minPart}`,
      {
        fields: { ProposedSize: size, MinSizeAllowed: minPart, PartNumber: number, ETag: etag },
      },
    )
  }
}

const multipartEtag = (parts: readonly Part[]) => {
  const md5 = createHash('md5')
  for (const part of parts) md5.update(Buffer.from(part.etag, 'hex'))
  return `${md5.digest('hex')}-${parts.length}`
}

/** That of the whole object is read from its parts; a composite one follows from theirs. */
async function multipartChecksum(
  upload: Upload,
  parts: readonly Part[],
  data: S3Data,
): Promise<Checksum | null> {
  const { checksumAlgorithm, checksumType } = upload
  if (!checksumAlgorithm) return null
  if (checksumType === 'COMPOSITE') {
    return compositeChecksum(
      checksumAlgorithm,
      parts.map((part) => part.checksum?.value ?? ''),
    )
  }
  const pieces = parts.flatMap((part) => data.uploads.piecesOf(part))
  return (await digestPieces(data.blobs, pieces, checksumAlgorithm)).checksum
}

/** On this request the checksum header speaks of the object, not of the XML body. */
function checkAgainst(headers: Record<string, string>, checksum: Checksum | null) {
  const given = checksum && headers[checksumHeader(checksum.algorithm)]
  if (!given || given.split('-')[0] === checksum.value.split('-')[0]) return
  throw new S3Error('BadDigest', `the ${checksum.algorithm} of the object is ${checksum.value}, not ${given}`)
}

const location = ({ headers, bucket, key }: S3Request) =>
  `http://${headers.host ?? 'localhost'}/${bucket}/${encodeURIComponent(key).replaceAll('%2F', '/')}`

/**
 * AWS answers a repeated call with the same result for a while and later with NoSuchUpload. Here it is NoSuchUpload
 * at once: a caller whose reply was lost has to look at the object anyway.
 */
export const completeMultipartUpload: Handler = async (request, data) => {
  const { uploads, blobs } = data
  const upload = uploads.get(request, request.query.get('uploadId') ?? '')
  const document = await readXml(withoutChecksum(request), 'CompleteMultipartUpload', COMPLETION)
  const given = elementsIn(document, 'Part')
  checkOrder(given)
  const stored = new Map(uploads.partsOf(upload).map((part) => [part.number, part]))
  const parts = given.map((part) => findPart(part, stored, upload))
  checkSizes(parts)
  const pieces = parts.flatMap((part) => uploads.piecesOf(part))
  const release = blobs.pin(pieces)
  try {
    const checksum = await multipartChecksum(upload, parts, data)
    checkAgainst(request.headers, checksum)
    const size = parts.reduce((sum, part) => sum + part.size, 0)
    const { headers, tags } = upload
    const draft = { size, etag: multipartEtag(parts), checksum, pieces, headers, tags }
    return completion(request, uploads.complete(upload, draft, writeCheck(request)))
  } finally {
    release()
  }
}

function withoutChecksum(request: S3Request): S3Request {
  const headers = Object.entries(request.headers).filter(([name]) => !name.startsWith('x-amz-checksum-'))
  return { ...request, headers: Object.fromEntries(headers) }
}

const completion = (request: S3Request, object: S3Object) => ({
  body: toXml('CompleteMultipartUploadResult', {
    Location: location(request),
    Bucket: request.bucket,
    Key: request.key,
    ETag: `"${object.etag}"`,
    ...checksumFields(object.checksum),
    ChecksumType: object.checksum?.type,
  }),
})
