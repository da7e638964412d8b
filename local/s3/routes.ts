import { S3Error } from './errors.ts'
import * as buckets from './operations/buckets.ts'
import { completeMultipartUpload } from './operations/complete.ts'
import { copyObject, uploadPartCopy } from './operations/copy.ts'
import * as listing from './operations/listing.ts'
import * as multipart from './operations/multipart.ts'
import * as objects from './operations/objects.ts'
import * as tagging from './operations/tagging.ts'
import type { S3Request } from './request.ts'
import type { Handler } from './store.ts'

export interface Route {
  operation: string
  /** method, level and the query parameters or copy header that make the operation, as in `PUT object ?uploadId` */
  when: string
  /** further query parameters that are understood */
  takes?: string
  run: Handler
}

const grouping = 'prefix delimiter encoding-type'
const overrides =
  'response-cache-control response-content-disposition response-content-encoding response-content-language response-content-type response-expires'

/** The first route that fits is taken, so the more special stands first. */
const routes: readonly Route[] = [
  { operation: 'ListBuckets', when: 'GET service', run: buckets.listBuckets },
  { operation: 'GetBucketLocation', when: 'GET bucket ?location', run: buckets.getBucketLocation },
  { operation: 'GetBucketVersioning', when: 'GET bucket ?versioning', run: buckets.getBucketVersioning },
  {
    operation: 'ListMultipartUploads',
    when: 'GET bucket ?uploads',
    takes: `${grouping} key-marker upload-id-marker max-uploads`,
    run: multipart.listMultipartUploads,
  },
  {
    operation: 'ListObjectsV2',
    when: 'GET bucket ?list-type',
    takes: `${grouping} continuation-token start-after max-keys fetch-owner`,
    run: listing.listObjectsV2,
  },
  {
    operation: 'ListObjects',
    when: 'GET bucket',
    takes: `${grouping} marker max-keys`,
    run: listing.listObjects,
  },
  { operation: 'CreateBucket', when: 'PUT bucket', run: buckets.createBucket },
  { operation: 'HeadBucket', when: 'HEAD bucket', run: buckets.headBucket },
  { operation: 'DeleteBucket', when: 'DELETE bucket', run: buckets.deleteBucket },
  { operation: 'DeleteObjects', when: 'POST bucket ?delete', run: objects.deleteObjects },
  { operation: 'GetObjectTagging', when: 'GET object ?tagging', run: tagging.getObjectTagging },
  { operation: 'PutObjectTagging', when: 'PUT object ?tagging', run: tagging.putObjectTagging },
  { operation: 'DeleteObjectTagging', when: 'DELETE object ?tagging', run: tagging.deleteObjectTagging },
  { operation: 'GetObjectAttributes', when: 'GET object ?attributes', run: objects.getObjectAttributes },
  {
    operation: 'ListParts',
    when: 'GET object ?uploadId',
    takes: 'part-number-marker max-parts encoding-type',
    run: multipart.listParts,
  },
  { operation: 'UploadPartCopy', when: 'PUT object ?uploadId ?partNumber copy', run: uploadPartCopy },
  { operation: 'UploadPart', when: 'PUT object ?uploadId ?partNumber', run: multipart.uploadPart },
  { operation: 'CreateMultipartUpload', when: 'POST object ?uploads', run: multipart.createMultipartUpload },
  { operation: 'CompleteMultipartUpload', when: 'POST object ?uploadId', run: completeMultipartUpload },
  { operation: 'AbortMultipartUpload', when: 'DELETE object ?uploadId', run: multipart.abortMultipartUpload },
  { operation: 'GetObject', when: 'GET object', takes: overrides, run: objects.getObject },
  { operation: 'HeadObject', when: 'HEAD object', takes: overrides, run: objects.headObject },
  { operation: 'CopyObject', when: 'PUT object copy', run: copyObject },
  { operation: 'PutObject', when: 'PUT object', run: objects.putObject },
  { operation: 'DeleteObject', when: 'DELETE object', run: objects.deleteObject },
]

const isSigning = (name: string) => name === 'x-id' || name.toLowerCase().startsWith('x-amz-')

function fits({ when, takes = '' }: Route, request: S3Request, level: string): boolean {
  const [method, at, ...marks] = when.split(' ')
  if (method !== request.method || at !== level) return false
  const needed = marks.filter((mark) => mark !== 'copy').map((mark) => mark.slice(1))
  if (!needed.every((name) => request.query.has(name))) return false
  const isCopy = request.headers['x-amz-copy-source'] !== undefined
  if (marks.includes('copy') !== isCopy && request.method === 'PUT') return false
  const known = [...needed, ...takes.split(' ')]
  return [...request.query.keys()].every((name) => known.includes(name) || isSigning(name))
}

// taking such a request for a plain one would store under the wrong key, or without the encryption asked for
const unsupportedHeaders = ['x-amz-server-side-encryption-customer-algorithm', 'x-amz-write-offset-bytes']

/** An unknown query parameter is refused: `PUT /bucket/key?acl` must never be taken for an upload. */
export function findRoute(request: S3Request): Route {
  const level = request.bucket === '' ? 'service' : request.key === '' ? 'bucket' : 'object'
  const header = unsupportedHeaders.find((name) => request.headers[name] !== undefined)
  const route = header === undefined && routes.find((candidate) => fits(candidate, request, level))
  if (route) return route
  const asked = [...request.query.keys(), ...(header ? [header] : [])].join(', ')
  const about = asked === '' ? '' : ` with ${asked}`
  throw new S3Error(
    'NotImplemented',
    `${request.method} on ${level} level${about} is not known to the local S3`,
  )
}
