import type { AwsCall } from '#local/lambda/worker-messages.ts'
import type { Permission } from './policy.ts'

const arnOf = (place: string): string => `arn:aws:s3:::${place}`

/** By https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
export function s3Permissions({ method, path, copySource, tagged }: AwsCall): Permission[] {
  const [place = '', text = ''] = path.split('?')
  const query = new URLSearchParams(text)
  const name = decoded(place.slice(1))
  const [bucket = '', ...key] = name.split('/')
  if (bucket === '') return [{ action: 's3:ListAllMyBuckets', resource: '*' }]
  // The SDK writes a bucket's own address with a slash at its end.
  if (key.join('/') === '') return bucketPermissions(method, arnOf(bucket), query)
  const own = objectActions(method, query, { copies: copySource !== null, tagged })
  return [
    ...own.map((action) => ({ action, resource: arnOf(name) })),
    ...(copySource === null
      ? []
      : [{ action: 's3:GetObject', resource: arnOf(decoded(copySource.replace(/^\//, ''))) }]),
  ]
}

/** What is set for a bucket: the query that reads it, and the action, whose name is not always the call's. */
const SETTINGS = [
  ['versioning', 's3:GetBucketVersioning'],
  ['ownershipControls', 's3:GetBucketOwnershipControls'],
  ['encryption', 's3:GetEncryptionConfiguration'],
  ['object-lock', 's3:GetBucketObjectLockConfiguration'],
  ['website', 's3:GetBucketWebsite'],
] as const

function bucketPermissions(method: string, resource: string, query: URLSearchParams): Permission[] {
  if (query.has('uploads')) return [{ action: 's3:ListBucketMultipartUploads', resource }]
  // Each object of it needs its own, which the body names.
  if (query.has('delete')) return [{ action: 's3:DeleteObject', resource: null }]
  const setting = SETTINGS.find(([name]) => query.has(name))
  if (setting) return method === 'GET' ? [{ action: setting[1], resource }] : []
  const plain: Record<string, string> = {
    PUT: 's3:CreateBucket',
    DELETE: 's3:DeleteBucket',
    GET: 's3:ListBucket',
    HEAD: 's3:ListBucket',
  }
  const action = query.size === 0 || query.has('list-type') || query.has('prefix') ? plain[method] : undefined
  return action ? [{ action, resource }] : []
}

type Write = { copies: boolean; tagged: boolean }

function objectActions(method: string, query: URLSearchParams, { copies, tagged }: Write): string[] {
  const tagging = query.has('tagging') ? 'Tagging' : ''
  const upload = query.has('uploadId')
  if (method === 'GET' && upload) return ['s3:ListMultipartUploadParts']
  if (method === 'GET' || method === 'HEAD') return [`s3:GetObject${tagging}`]
  if (method === 'DELETE') return [upload ? 's3:AbortMultipartUpload' : `s3:DeleteObject${tagging}`]
  if (tagging) return ['s3:PutObjectTagging']
  return ['s3:PutObject', ...(tagged && !copies ? ['s3:PutObjectTagging'] : [])]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
