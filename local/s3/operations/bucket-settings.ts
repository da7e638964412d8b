import type { Handler } from '../s3-data.ts'
import { S3Error } from '../s3-error.ts'
import { toXml } from '../xml.ts'

// What is set for a bucket. Nothing can be set here, so each is as it is for a new bucket of S3.

/** Neither enabled nor suspended: S3 then says nothing. */
export const getBucketVersioning: Handler = ({ bucket }, { buckets }) => {
  buckets.get(bucket)
  return { body: toXml('VersioningConfiguration', {}) }
}

/** Access lists are off. */
export const getBucketOwnershipControls: Handler = ({ bucket }, { buckets }) => {
  buckets.get(bucket)
  return { body: toXml('OwnershipControls', { Rule: [{ ObjectOwnership: 'BucketOwnerEnforced' }] }) }
}

export const getBucketEncryption: Handler = ({ bucket }, { buckets }) => {
  buckets.get(bucket)
  const rule = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
    BucketKeyEnabled: 'false',
  }
  return { body: toXml('ServerSideEncryptionConfiguration', { Rule: [rule] }) }
}

export const getObjectLockConfiguration: Handler = ({ bucket }, { buckets }) => {
  buckets.get(bucket)
  throw new S3Error(
    'ObjectLockConfigurationNotFoundError',
    'Object Lock configuration does not exist for this bucket',
    { fields: { BucketName: bucket } },
  )
}

export const getBucketWebsite: Handler = ({ bucket }, { buckets }) => {
  buckets.get(bucket)
  throw new S3Error(
    'NoSuchWebsiteConfiguration',
    'The specified bucket does not have a website configuration',
    { fields: { BucketName: bucket } },
  )
}
