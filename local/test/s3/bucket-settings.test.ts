import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StartedS3, startS3 } from './start.ts'

const Bucket = 'settings'

let s3: StartedS3
beforeAll(async () => {
  s3 = await startS3()
  await s3.client.send(new CreateBucketCommand({ Bucket }))
})
afterAll(() => s3.close())

test('a bucket keeps no versions, has no access lists and is encrypted by S3, as a new one of S3', async () => {
  expect(await s3.client.send(new GetBucketVersioningCommand({ Bucket }))).not.toHaveProperty('Status')
  const { OwnershipControls } = await s3.client.send(new GetBucketOwnershipControlsCommand({ Bucket }))
  expect(OwnershipControls).toEqual({ Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] })
  const { ServerSideEncryptionConfiguration } = await s3.client.send(
    new GetBucketEncryptionCommand({ Bucket }),
  )
  expect(ServerSideEncryptionConfiguration?.Rules).toMatchObject([
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false },
  ])
})

test.each([
  ['object lock', new GetObjectLockConfigurationCommand({ Bucket }), 'ObjectLockConfigurationNotFoundError'],
  ['website', new GetBucketWebsiteCommand({ Bucket }), 'NoSuchWebsiteConfiguration'],
])('a bucket has no %s', async (_, command, name) => {
  await expect(s3.client.send(command as GetBucketWebsiteCommand)).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode: 404 },
  })
})

test('a bucket that does not exist has no settings', async () => {
  const nowhere = s3.client.send(new GetBucketVersioningCommand({ Bucket: 'nowhere' }))
  await expect(nowhere).rejects.toMatchObject({ name: 'NoSuchBucket' })
})
