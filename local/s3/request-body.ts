import { createHash } from 'node:crypto'
import { type Checksum, checksumHeader, createDigest, requestedAlgorithm } from './checksums.ts'
import { decodeChunked } from './chunked.ts'
import { S3Error } from './s3-error.ts'
import type { S3Request } from './s3-request.ts'
import { type Element, readDocument, type Shape } from './xml-document.ts'

const maxBody = 5 * 1024 ** 3
// a CompleteMultipartUpload of 10,000 parts with checksums has about 2 MB
const maxXml = 8 * 1024 ** 2

export interface Consumed {
  size: number
  md5: string
  checksum: Checksum | null
}

const isChunked = ({ headers }: S3Request) =>
  headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true ||
  headers['content-encoding']?.split(',').some((coding) => coding.trim() === 'aws-chunked') === true

function checkSize(size: number, limit: number) {
  if (size <= limit) return
  throw new S3Error('EntityTooLarge', `the body has at least ${size} bytes; the most is ${limit}`, {
    fields: { ProposedSize: size, MaxSizeAllowed: limit },
  })
}

function checkLength(request: S3Request, size: number) {
  const declared = request.headers['x-amz-decoded-content-length']
  if (declared === undefined || Number(declared) === size) return
  throw new S3Error('IncompleteBody', `${declared} bytes were declared and ${size} came; send it again`)
}

function checkMd5(given: string | undefined, actual: Buffer) {
  if (given === undefined) return
  if (Buffer.from(given, 'base64').length !== 16) {
    throw new S3Error('InvalidDigest', 'content-md5 must be a base64 MD5')
  }
  if (given !== actual.toString('base64')) {
    throw new S3Error('BadDigest', 'the body does not have the given content-md5; send it again')
  }
}

function checkGiven(checksum: Checksum, given: string | undefined) {
  if (given === undefined || given === checksum.value) return
  const { algorithm, value } = checksum
  throw new S3Error('BadDigest', `the ${algorithm} of the body is ${value}, not ${given}; send it again`)
}

function startDigests({ headers }: S3Request) {
  const algorithm = requestedAlgorithm(headers)
  const digest = algorithm && createDigest(algorithm)
  const hash = createHash('md5')
  return {
    update: (chunk: Buffer) => {
      hash.update(chunk)
      digest?.update(chunk)
    },
    finish: (trailers: ReadonlyMap<string, string>) => {
      const md5 = hash.digest()
      checkMd5(headers['content-md5'], md5)
      if (!algorithm || !digest) return { md5: md5.toString('hex'), checksum: null }
      const checksum: Checksum = { algorithm, value: digest.base64(), type: 'FULL_OBJECT' }
      const name = checksumHeader(algorithm)
      checkGiven(checksum, headers[name] ?? trailers.get(name))
      return { md5: md5.toString('hex'), checksum }
    },
  }
}

/** Passes the payload on chunk by chunk, then verifies every digest that came with it. */
export async function consumeBody(
  request: S3Request,
  write: (chunk: Buffer) => unknown,
  limit = maxBody,
): Promise<Consumed> {
  const { headers } = request
  checkSize(Number(headers['x-amz-decoded-content-length'] ?? headers['content-length'] ?? 0), limit)
  const trailers = new Map<string, string>()
  const raw: AsyncIterable<Buffer> = request.body.iterator({ destroyOnReturn: false })
  const digests = startDigests(request)
  let size = 0
  for await (const chunk of isChunked(request) ? decodeChunked(raw, trailers) : raw) {
    size += chunk.length
    checkSize(size, limit)
    digests.update(chunk)
    await write(chunk)
  }
  checkLength(request, size)
  return { size, ...digests.finish(trailers) }
}

/** The document of that root and shape in the body. */
export async function readXml(request: S3Request, root: string, shape: Shape): Promise<Element> {
  const chunks: Buffer[] = []
  await consumeBody(request, (chunk) => chunks.push(chunk), maxXml)
  return readDocument(Buffer.concat(chunks), root, shape)
}
