import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createS3 } from '#local/s3/s3-server.ts'
import { send } from './raw.ts'
import { type StartedS3, startS3 } from './start.ts'

const Bucket = 'durable'
const MiB = 1024 ** 2
let dataDir: string
let open: StartedS3[]

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'local-s3-'))
  open = []
})
afterEach(async () => {
  for (const s3 of open) await s3.close()
  await rm(dataDir, { recursive: true, force: true })
})

async function start() {
  const s3 = await startS3({ dataDir })
  open.push(s3)
  return s3
}

const blobs = async () =>
  (await readdir(join(dataDir, 'blobs'), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )

/** Which version a body is; a torn or mixed one is none. */
function versionOf(body: string): number {
  const version = body.split(' ', 1)[0] ?? ''
  expect(body).toBe(bodyOf(Number(version)))
  return Number(version)
}
const bodyOf = (version: number) => `${version} `.repeat(40_000)

describe('a server killed while it writes', () => {
  test('has each object whole, none older than its last answer, and nothing half-written', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'child.ts'), dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(child.stdout, 'data')
    const endpoint = String(line).trim()
    await send(`${endpoint}/${Bucket}`, { method: 'PUT' })
    const answered = new Map<number, number>()
    const writer = async (key: number) => {
      for (let version = 1; ; version += 1) {
        const reply = await send(`${endpoint}/${Bucket}/${key}`, { method: 'PUT', body: bodyOf(version) })
        expect(reply.status).toBe(200)
        answered.set(key, version)
        if (key === 0 && version === 12) child.kill('SIGKILL')
      }
    }
    const writers = await Promise.allSettled([0, 1, 2, 3].map(writer))
    for (const result of writers) {
      expect(result).toMatchObject({ reason: { code: expect.stringMatching(/^(ECONN|EPIPE)/) } })
    }
    const { client } = await start()
    for (const [key, version] of answered) {
      const got = await client.send(new GetObjectCommand({ Bucket, Key: String(key) }))
      const stored = versionOf((await got.Body?.transformToString()) ?? '')
      expect([version, version + 1]).toContain(stored)
    }
    expect((await blobs()).length).toBe((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount)
  })
})

describe('a server started again', () => {
  test('still has its objects, open uploads and their parts', async () => {
    const first = await start()
    await first.client.send(new CreateBucketCommand({ Bucket }))
    await first.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'kept', Metadata: { a: 'b' } }))
    const upload = { Bucket, Key: 'u' }
    const { UploadId } = await first.client.send(new CreateMultipartUploadCommand(upload))
    await first.client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'part' }))
    await first.close()
    open = []
    const { client } = await start()
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'k' }))
    expect([await got.Body?.transformToString(), got.Metadata]).toEqual(['kept', { a: 'b' }])
    const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket }))
    expect(uploads.Uploads?.map((found) => found.UploadId)).toEqual([UploadId])
    const parts = await client.send(new ListPartsCommand({ ...upload, UploadId }))
    expect(parts.Parts?.map((part) => part.Size)).toEqual([4])
  })

  test('on a folder in use refuses and says by whom', async () => {
    await start()
    expect(() => createS3({ dataDir, region: 'us-east-1' })).toThrow(/stop the other process/)
  })

  test('on a folder that is none of its own refuses in one line', async () => {
    await writeFile(join(dataDir, 's3.sqlite'), 'this is no database, whatever its name says. '.repeat(100))
    expect(() => createS3({ dataDir, region: 'us-east-1' })).toThrow(
      /^the S3 data folder .*repair or remove it$/,
    )
  })
})

describe('a blob', () => {
  const twoParts = [Buffer.alloc(12 * MiB, 'a'), Buffer.alloc(12 * MiB, 'b')]

  async function putTwoParts({ client }: StartedS3, Key: string) {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    const Parts = []
    for (const [index, Body] of twoParts.entries()) {
      const PartNumber = index + 1
      const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))
      Parts.push({ PartNumber, ETag })
    }
    await client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    )
  }

  test('stays while it is read, though its object is deleted, and goes after that', async () => {
    const s3 = await start()
    await s3.client.send(new CreateBucketCommand({ Bucket }))
    await putTwoParts(s3, 'long')
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'long' }))
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'long' }))
    expect(await blobs()).toHaveLength(2)
    const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? [])
    expect(bytes.equals(Buffer.concat(twoParts))).toBe(true)
    await expect.poll(async () => (await blobs()).length, { timeout: 20_000 }).toBe(0)
  })

  test('of a reader that hangs up is let go', async () => {
    const s3 = await start()
    await s3.client.send(new CreateBucketCommand({ Bucket }))
    await putTwoParts(s3, 'long')
    const asked = request(`${s3.endpoint}/${Bucket}/long`).end()
    await once(asked, 'response')
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'long' }))
    asked.destroy()
    await expect.poll(async () => (await blobs()).length, { timeout: 20_000 }).toBe(0)
  })

  test('of a writer that hangs up is never an object', async () => {
    const s3 = await start()
    await s3.client.send(new CreateBucketCommand({ Bucket }))
    const asked = request(`${s3.endpoint}/${Bucket}/cut`, {
      method: 'PUT',
      headers: { 'content-length': 1000 },
    })
    asked.on('error', () => undefined)
    asked.write('only the beginning')
    await expect.poll(async () => (await blobs()).length, { timeout: 20_000 }).toBe(1)
    asked.destroy()
    await expect.poll(async () => (await blobs()).length, { timeout: 20_000 }).toBe(0)
    expect((await s3.client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0)
  })

  test('under way does not hold up the end of the server', async () => {
    const s3 = await start()
    await s3.client.send(new CreateBucketCommand({ Bucket }))
    const asked = request(`${s3.endpoint}/${Bucket}/cut`, {
      method: 'PUT',
      headers: { 'content-length': 1000 },
    })
    const cut = once(asked, 'response')
    asked.write('only the beginning')
    await expect.poll(async () => (await blobs()).length, { timeout: 20_000 }).toBe(1)
    await Promise.all([expect(cut).rejects.toThrow(), s3.close()])
    open = []
    expect(await blobs()).toHaveLength(0)
  })
})
