import * as settings from './operations/bucket-settings.ts'
import * as buckets from './operations/buckets.ts'
import { completeMultipartUpload } from './operations/complete-upload.ts'
import { copyObject, uploadPartCopy } from './operations/copies.ts'
import { deleteObjects } from './operations/delete-objects.ts'
import * as listing from './operations/listing.ts'
import * as objects from './operations/objects.ts'
import * as tagging from './operations/tagging.ts'
import * as multipart from './operations/uploads.ts'
import { isSigning } from './presigned.ts'
import type { Handler } from './s3-data.ts'
import { S3Error } from './s3-error.ts'
import type { S3Request } from './s3-request.ts'

export interface Route {
  operation: string
  /** method, level and the query parameters or copy header that make the operation, as in `PUT object ?uploadId` */
  when: string
  /** further query parameters that are understood */
  takes?: string
  run: Handler
}

/** The first route that fits is taken, so the more special stands first. */
const routes: readonly Route[] = [
  { operation: 'ListBuckets', when: 'GET service', run: buckets.listBuckets },
  {
    operation: 'ListMultipartUploads',
    when: 'GET bucket ?uploads',
    takes: 'prefix encoding-type key-marker upload-id-marker max-uploads',
    run: multipart.listMultipartUploads,
  },
  {
    operation: 'ListObjectsV2',
    when: 'GET bucket ?list-type',
    takes: 'prefix delimiter encoding-type continuation-token start-after max-keys',
    run: listing.listObjectsV2,
  },
  { operation: 'GetBucketVersioning', when: 'GET bucket ?versioning', run: settings.getBucketVersioning },
  {
    operation: 'GetBucketOwnershipControls',
    when: 'GET bucket ?ownershipControls',
    run: settings.getBucketOwnershipControls,
  },
  { operation: 'GetBucketEncryption', when: 'GET bucket ?encryption', run: settings.getBucketEncryption },
  {
    operation: 'GetObjectLockConfiguration',
    when: 'GET bucket ?object-lock',
    run: settings.getObjectLockConfiguration,
  },
  { operation: 'GetBucketWebsite', when: 'GET bucket ?website', run: settings.getBucketWebsite },
  { operation: 'CreateBucket', when: 'PUT bucket', run: buckets.createBucket },
  { operation: 'HeadBucket', when: 'HEAD bucket', run: buckets.headBucket },
  { operation: 'DeleteBucket', when: 'DELETE bucket', run: buckets.deleteBucket },
  { operation: 'DeleteObjects', when: 'POST bucket ?delete', run: deleteObjects },
  { operation: 'GetObjectTagging', when: 'GET object ?tagging', run: tagging.getObjectTagging },
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
  { operation: 'GetObject', when: 'GET object', run: objects.getObject },
  { operation: 'HeadObject', when: 'HEAD object', run: objects.headObject },
  { operation: 'CopyObject', when: 'PUT object copy', run: copyObject },
  { operation: 'PutObject', when: 'PUT object', run: objects.putObject },
  { operation: 'DeleteObject', when: 'DELETE object', run: objects.deleteObject },
]

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

// Taking such a request for a plain one would keep it without the encryption asked for, or act on the wrong version.
const unsupportedHeaders = [
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-write-offset-bytes',
  'if-unmodified-since',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-unmodified-since',
]

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
