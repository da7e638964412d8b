import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe } from 'vitest'
import { type StartedS3, startS3 } from '../s3/start.ts'
import { makeUploadsBucket } from '../s3/upload.ts'
import { golden } from './golden.ts'
import { BODIES, S3_BODIES } from './s3-bodies.table.ts'
import { openErrorsBucket, S3_ERRORS } from './s3-errors.table.ts'
import { S3_OBJECTS } from './s3-objects.table.ts'
import { S3_UPLOADS } from './s3-uploads.table.ts'

let s3: StartedS3
let upload: string

beforeAll(async () => {
  s3 = await startS3()
  await s3.client.send(new CreateBucketCommand({ Bucket: BODIES }))
  await makeUploadsBucket(s3)
  upload = await openErrorsBucket(s3)
})
afterAll(() => s3.close())

// One server for all rows: each has keys of its own.
const withS3 = async (use: (s3: StartedS3) => unknown) => void (await use(s3))

describe('objects', () => golden(S3_OBJECTS, withS3))
describe('bodies', () => golden(S3_BODIES, withS3))
describe('multipart uploads', () => golden(S3_UPLOADS, withS3))
describe('errors', () =>
  golden(S3_ERRORS, async (use) => void (await use({ endpoint: s3.endpoint, upload }))))
