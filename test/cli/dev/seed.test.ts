import {
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { photos } from '#cli/dev/seed/photos.ts'
import { seed } from '#cli/dev/seed/seed.ts'
import { type StartedS3, startS3 } from '#test/s3.ts'

let s3: StartedS3
const start = () => seed({ awsUrl: s3.endpoint, region: 'us-east-1' })

beforeAll(async () => {
  s3 = await startS3()
  await start()
})
afterAll(() => s3.close())

async function listed(bucket: string) {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: bucket }))
  return Contents.map(({ Key = '', Size = 0, ETag = '' }) => ({ key: Key, size: Size, etag: ETag }))
}

test('the first start makes a few hundred objects, from nothing to two of 64 MiB', async () => {
  const objects = await listed('photos')
  expect(objects.map(({ key, size }) => `${key} ${size}`).sort()).toEqual(
    photos()
      .map(({ key, size }) => `${key} ${size}`)
      .sort(),
  )
  expect(objects.length).toBeGreaterThan(250)
  expect(objects.filter(({ size }) => size === 64 * 1024 ** 2)).toHaveLength(2)
  expect(objects.filter(({ size }) => size === 0).length).toBeGreaterThan(0)
  expect(await listed('photos-archive')).toEqual([])
})

test('objects have types, metadata and tags', async () => {
  const at = { Bucket: 'photos', Key: 'videos/waterfall in slow motion.mp4' }
  expect(await s3.client.send(new HeadObjectCommand(at))).toMatchObject({
    ContentType: 'video/mp4',
    Metadata: { codec: 'h264' },
  })
  const { TagSet } = await s3.client.send(new GetObjectTaggingCommand(at))
  expect(TagSet).toEqual([{ Key: 'kind', Value: 'video' }])
})

test('the bytes are the same at every first start, and those of two objects differ', async () => {
  const other = await startS3()
  await seed({ awsUrl: other.endpoint, region: 'us-east-1' })
  const { Contents = [] } = await other.client.send(new ListObjectsV2Command({ Bucket: 'photos' }))
  const before = await listed('photos')
  expect(Contents.map(({ ETag }) => ETag)).toEqual(before.map(({ etag }) => etag))
  const filled = before.filter(({ size }) => size > 100)
  expect(new Set(filled.map(({ etag }) => etag)).size).toBe(filled.length)
  await other.close()
})

test('a later start changes nothing, also when objects were moved or changed', async () => {
  await s3.client.send(new DeleteObjectCommand({ Bucket: 'photos', Key: 'albums/.keep' }))
  const before = await listed('photos')
  await start()
  expect(await listed('photos')).toEqual(before)
})

test('a start that was cut off is finished by the next one', async () => {
  const whole = new Set(photos().map(({ key }) => key))
  await s3.client.send(new DeleteBucketCommand({ Bucket: 'photos-archive' }))
  await s3.client.send(new DeleteObjectCommand({ Bucket: 'photos', Key: 'videos/birthday.mp4' }))
  const half = { Bucket: 'photos', Key: 'videos/birthday.mp4' }
  await s3.client.send(new CreateMultipartUploadCommand(half))
  await start()
  expect(new Set((await listed('photos')).map(({ key }) => key))).toEqual(whole)
  const { Uploads } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: 'photos' }))
  expect(Uploads).toBeUndefined()
  const { Body } = await s3.client.send(new GetObjectCommand({ ...half, Range: 'bytes=0-9' }))
  expect(await Body?.transformToByteArray()).toHaveLength(10)
})
