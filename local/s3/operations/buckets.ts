import { readXml } from '../request-body.ts'
import type { Handler } from '../s3-data.ts'
import { S3Error } from '../s3-error.ts'
import { toXml } from '../xml.ts'
import { type Shape, textIn } from '../xml-document.ts'
import { OWNER } from './owner.ts'

export const listBuckets: Handler = (_request, { buckets }) => ({
  body: toXml('ListAllMyBucketsResult', {
    Owner: OWNER,
    Buckets: {
      Bucket: buckets.list().map(({ name, region, createdAt }) => ({
        Name: name,
        CreationDate: new Date(createdAt).toISOString(),
        BucketRegion: region,
      })),
    },
  }),
})

const CONFIGURATION: Shape = { 'LocationConstraint?': 'text' }

const validName = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

export const createBucket: Handler = async (request, { buckets, region }) => {
  const { bucket: name, headers } = request
  if (!validName.test(name)) {
    throw new S3Error('InvalidBucketName', `${name} is no bucket name: 3 to 63 of a-z, 0-9, dot and hyphen`, {
      fields: { BucketName: name },
    })
  }
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  const configuration = hasBody ? await readXml(request, 'CreateBucketConfiguration', CONFIGURATION) : {}
  const location = textIn(configuration, 'LocationConstraint') || region
  if (buckets.find(name)) {
    throw new S3Error('BucketAlreadyOwnedByYou', `bucket ${name} exists already and is yours`, {
      fields: { BucketName: name },
    })
  }
  buckets.create(name, location)
  return { headers: { location: `/${name}` } }
}

export const headBucket: Handler = ({ bucket }, { buckets }) => ({
  headers: { 'x-amz-bucket-region': buckets.get(bucket).region, 'content-type': 'application/xml' },
})

export const deleteBucket: Handler = ({ bucket }, { uploads }) => {
  uploads.deleteBucket(bucket)
  return { status: 204 }
}
