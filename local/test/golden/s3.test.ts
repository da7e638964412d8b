import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe } from 'vitest'
import { type StartedS3, startS3 } from '../s3/start.ts'
import { makeUploadsBucket } from '../s3/upload.ts'
import { golden } from './golden.ts'
import { BODIES, S3_BODIES } from './s3-bodies.table.ts'
import { type ErrorsService, openErrorsBucket, S3_ERRORS } from './s3-errors.table.ts'
import { S3_OBJECTS } from './s3-objects.table.ts'
import { openPresignedBucket, S3_PRESIGNED, SHOWN } from './s3-presigned.table.ts'
import { S3_UPLOADS } from './s3-uploads.table.ts'
import { S3_XML } from './s3-xml.table.ts'

let s3: StartedS3
let clocked: StartedS3
let upload: string

beforeAll(async () => {
  s3 = await startS3()
  await s3.client.send(new CreateBucketCommand({ Bucket: BODIES }))
  await makeUploadsBucket(s3)
  upload = await openErrorsBucket(s3)
  clocked = await startS3({ now: () => SHOWN })
  await openPresignedBucket(clocked)
})
afterAll(async () => {
  await s3.close()
  await clocked.close()
})

// One server for all rows: each has keys of its own.
const withS3 = async (use: (s3: StartedS3) => unknown) => void (await use(s3))

describe('objects', () => golden(S3_OBJECTS, withS3))
describe('bodies', () => golden(S3_BODIES, withS3))
describe('multipart uploads', () => golden(S3_UPLOADS, withS3))
const withErrors = async (use: (service: ErrorsService) => unknown) =>
  void (await use({ endpoint: s3.endpoint, upload }))
describe('errors', () => golden(S3_ERRORS, withErrors))
describe('documents', () => golden(S3_XML, withErrors))
describe('presigned URLs', () => golden(S3_PRESIGNED, async (use) => void (await use(clocked))))
