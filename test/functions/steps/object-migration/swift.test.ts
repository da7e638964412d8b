import { createHash } from 'node:crypto'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MigrationJob, startJob } from './migration-job.ts'
import { jsonOf } from './objects.ts'
import { keysIn, putByOwnApi, SWIFT, startWithSwift, type WithSwift } from './swift.ts'
import { newMemory } from './tools.ts'

const MIB = 1024 ** 2

const KEYS = [
  'plain',
  'a b',
  'a+b',
  'a%20b',
  'a%2Fb',
  '100%',
  'ümlaut',
  'u\u0308mlaut',
  '漢字/かな',
  '\u{1F600}',
  'a/b/c',
  'a//b',
  'trailing/',
  'a?b=c&d',
  'a#b',
  'a"b\'c',
  'a<b>c',
  'a\\b',
  'a;b:c@d=e',
  '~tilde',
  '*star*',
  '[x]{y}|z^`',
  'dots/../x',
  './here',
  'a\u007fb',
  ' leading',
  'trailing ',
  `${'l'.repeat(900)}`,
]

let both: WithSwift
beforeEach(async () => {
  if (SWIFT) both = await startWithSwift(SWIFT)
})
afterEach(async () => {
  if (SWIFT) await both.close()
})

type End = 'local' | 'swift' | 'other'

const ends = () => ({
  local: { client: both.local.client, location: { bucket: both.bucket } },
  swift: { client: both.swift.client, location: { bucket: both.bucket, endpoint: both.swift.endpoint } },
  other: { client: both.swift.client, location: { bucket: both.other, endpoint: both.swift.endpoint } },
})

function begin(from: End, to: End, more: object = {}): MigrationJob {
  const source = ends()[from].location
  const destination = ends()[to].location
  return startJob({ connections: both.connections, input: { source, destination } }, more)
}

async function hashesOf(end: End): Promise<Record<string, string>> {
  const { client, location } = ends()[end]
  const hashes: Record<string, string> = {}
  for (const Key of (await keysIn(client, location.bucket)).sort()) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: location.bucket, Key }))
    hashes[Key] = createHash('md5')
      .update(await Body!.transformToByteArray())
      .digest('hex')
  }
  return hashes
}

const put = (client: S3Client, end: End, Key: string, Body: string | Buffer, more: object = {}) =>
  client.send(new PutObjectCommand({ Bucket: ends()[end].location.bucket, Key, Body, ...more }))

async function failuresOf(job: MigrationJob) {
  const path = `jobs/${job.job.job_execution_id}/results/00000.json`
  const result = await jsonOf<{ failures: { key: string; message: string }[] }>(both.local, path)
  return result.failures
}

describe.skipIf(!SWIFT)('with Swift (STANDDOWN_SWIFT names it)', () => {
  test.each<[End, End]>([
    ['local', 'swift'],
    ['swift', 'local'],
    ['swift', 'other'],
  ])(
    'odd keys and their headers go from %s to %s byte for byte',
    async (from, to) => {
      const { client } = ends()[from]
      const headers = { ContentType: 'text/x-odd', CacheControl: 'max-age=1', Metadata: { a: 'b c' } }
      for (const key of KEYS) await put(client, from, key, `this is ${key}`, headers)
      await put(client, from, 'large', Buffer.alloc(12 * MIB, 'x'))
      const job = begin(from, to, { multipart_threshold_mib: 5 })
      await job.copyAll()
      expect(await failuresOf(job)).toEqual([])
      expect(await hashesOf(to)).toEqual(await hashesOf(from))
      const at = { Bucket: ends()[to].location.bucket, Key: 'ümlaut' }
      expect(await ends()[to].client.send(new HeadObjectCommand(at))).toMatchObject(headers)
      await job.revert(0)
      expect(await hashesOf(to)).toEqual({})
    },
    120_000,
  )

  test.each<[End, End]>([
    ['local', 'swift'],
    ['swift', 'local'],
    ['swift', 'other'],
  ])(
    'a move from %s to %s takes odd keys, large and empty objects away, byte for byte, and says how it knows',
    async (from, to) => {
      const { client } = ends()[from]
      for (const key of KEYS) await put(client, from, key, `this is ${key}`)
      await put(client, from, 'empty', '')
      await put(client, from, 'large', Buffer.alloc(12 * MIB, 'x'))
      const before = await hashesOf(from)
      const count = Object.keys(before).length
      const job = begin(from, to, { multipart_threshold_mib: 5, remain_source: false })
      await job.copyAll()
      const verified = await job.verifyAll()
      expect(verified.methods).toEqual({ etag: count - 1, checksum: 0, content: 1, size: 0 })
      expect((await job.deleteAll()).counts).toEqual({ moved: expect.objectContaining({ objects: count }) })
      expect(await hashesOf(from)).toEqual({})
      expect(await hashesOf(to)).toEqual(before)
    },
    120_000,
  )

  test('an object uploaded in parts is copied within Swift', async () => {
    await put(ends().local.client, 'local', 'parts', Buffer.alloc(12 * MIB, 'y'))
    await begin('local', 'swift', { multipart_threshold_mib: 5 }).copyAll()
    const job = begin('swift', 'other')
    await job.copyAll()
    expect(await failuresOf(job)).toEqual([])
    expect(await hashesOf('other')).toEqual(await hashesOf('local'))
  }, 60_000)

  test('an abort at any point closes the uploads, and a rollback leaves nothing', async () => {
    const { client } = ends().local
    for (const key of ['a', 'b', 'c']) await put(client, 'local', key, Buffer.alloc(12 * MIB, key))
    for (let at = 1; at <= 12; at += 1) {
      const job = begin('local', 'swift', { multipart_threshold_mib: 5, concurrency: 2 })
      await job.list()
      const memory = newMemory()
      const abort = new AbortController()
      const onCheckpoint = (count: number) => {
        if (count === at) abort.abort(new Error('stopped'))
      }
      await job.copy(0, { memory, signal: abort.signal, onCheckpoint }).catch(() => undefined)
      await job.abort(0, { memory, rollback: true })
      expect(await keysIn(ends().swift.client, both.bucket)).toEqual([])
      const uploads = new ListMultipartUploadsCommand({ Bucket: both.bucket })
      expect((await ends().swift.client.send(uploads)).Uploads ?? []).toEqual([])
    }
  }, 120_000)

  test('what Swift refuses for one object fails that object by key, and the others are copied', async () => {
    const { client } = ends().local
    for (let i = 0; i < 20; i += 1) await put(client, 'local', `o${String(i).padStart(2, '0')}`, 'x')
    await put(client, 'local', 'o03-tagged', 'x', { Tagging: 'a=b' })
    await put(client, 'local', 'o04-meta', 'x', { Metadata: { long: 'v'.repeat(257) } })
    const job = begin('local', 'swift', { concurrency: 2 })
    await job.copyAll()
    expect((await failuresOf(job)).map(({ key }) => key)).toEqual(['o03-tagged', 'o04-meta'])
    expect((await failuresOf(job)).map(({ message }) => message)).toEqual([
      expect.stringContaining('PutObject of "o03-tagged"'),
      expect.stringContaining('PutObject of "o04-meta"'),
    ])
    expect(await keysIn(ends().swift.client, both.bucket)).toHaveLength(20)
  }, 60_000)

  test('what Swift lists otherwise than it is fails by key, and the others are copied', async () => {
    const { client } = ends().swift
    await put(client, 'swift', 'plain', 'plain')
    await putByOwnApi(both.swift.endpoint, `${both.bucket}/link`, {
      'x-symlink-target': `${both.bucket}/plain`,
      'content-type': 'application/symlink',
    })
    await put(client, 'swift', 'seg/1', 'one')
    await putByOwnApi(both.swift.endpoint, `${both.bucket}/dynamic`, {
      'x-object-manifest': `${both.bucket}/seg/`,
    })
    const job = begin('swift', 'local')
    await job.copyAll()
    expect(await failuresOf(job)).toEqual([
      {
        key: 'dynamic',
        reason: 'refused',
        message: expect.stringContaining('the list and the object differ'),
      },
      { key: 'link', reason: 'refused', message: expect.stringContaining('the list and the object differ') },
    ])
    expect(Object.keys(await hashesOf('local'))).toEqual(['plain', 'seg/1'])
  }, 60_000)
})
