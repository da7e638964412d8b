import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type ForeignHooks, foreignStore } from './foreign-store.ts'
import { startJob } from './migration-job.ts'
import { contentsOf, keysOf, linesOf, put } from './objects.ts'
import { opaqueEtags } from './opaque-etags.ts'
import { MIB, type Stores, startStores } from './stores.ts'
import { newMemory } from './tools.ts'

let stores: Stores
beforeEach(async () => {
  stores = await startStores(2)
})
afterEach(() => stores.close())

const moving = (more: object = {}) => startJob(stores, { remain_source: false, ...more })

/** A move whose source is played by `hooks`. */
async function movingFrom(hooks: ForeignHooks) {
  const { endpoint, close } = await foreignStore(stores.from.endpoint, hooks)
  onTestFinished(close)
  return moving({ source: { bucket: 'from', endpoint } })
}

/** Of which the ETag says only how it was cut. */
async function putInParts(key: string, parts: Buffer[]): Promise<void> {
  const { client } = stores.from
  const at = { Bucket: 'from', Key: key }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(at))
  const Parts = []
  for (const [i, Body] of parts.entries()) {
    const part = { ...at, UploadId, PartNumber: i + 1 }
    const { ETag } = await client.send(new UploadPartCommand({ ...part, Body }))
    Parts.push({ PartNumber: i + 1, ETag })
  }
  await client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }))
}

describe('a move deletes nothing', () => {
  test.each([
    ['small', 10],
    ['large', 12 * MIB],
  ])('of which the copy was overwritten by as many other bytes since: %s', async (key, size) => {
    await put(stores.from, { key }, size)
    const job = moving()
    await job.copyAll()
    await job.verifyAll()
    await put(stores.to, { bucket: 'target', key }, size)
    expect(await job.deleteAll()).toMatchObject({
      counts: { kept: { objects: 1, bytes: size } },
      examples: { kept: [{ key, reason: 'changed: written at the destination since it was verified' }] },
    })
    expect(await keysOf(stores.from, 'from')).toEqual([key])
  })

  test('that was written since at the source, where a deletion compares nothing', async () => {
    await put(stores.from, { key: 'a' }, 10)
    const job = await movingFrom({
      request: ({ method, headers }) => {
        if (method === 'DELETE') delete headers['if-match']
        return undefined
      },
    })
    await job.copyAll()
    await job.verifyAll()
    await put(stores.from, { key: 'a' }, 10)
    expect(await job.deleteAll()).toMatchObject({ counts: { kept: { objects: 1 } } })
    expect(await keysOf(stores.from, 'from')).toEqual(['a'])
  })

  test.each([
    ['whose ETag is an MD5', async () => put(stores.from, { key: 'large' }, 12 * MIB)],
    [
      'whose ETag is no MD5',
      async () => putInParts('large', [Buffer.alloc(6 * MIB, 'a'), Buffer.alloc(6 * MIB, 'b')]),
    ],
  ])('of which the source sent one wrong byte: %s', async (kind, make) => {
    await make()
    let times = 0
    const job = await movingFrom({
      answer: ({ key, method }, answer) => {
        if (key !== 'large' || method !== 'GET' || answer.body.length <= MIB) return undefined
        times += 1
        // one that is sent wrong each time shows only by the MD5
        if (kind === 'whose ETag is no MD5' && times > 1) return undefined
        const body = answer.body as Buffer
        body[MIB] = body[MIB]! ^ 1
        return undefined
      },
    })
    await job.copyAll()
    await expect(job.verifyAll()).rejects.toMatchObject({ name: 'VerificationFailed' })
    const [line] = await linesOf(stores.from, job, 0)
    expect(line).toMatchObject({ outcome: 'changed', reason: expect.stringContaining('the bytes differ') })
    await job.deleteSource(0)
    expect(await keysOf(stores.from, 'from')).toEqual(['large'])
  })
})

describe('a move reads where nothing else proves that the copy is whole', () => {
  test('the copy, where the source tells its MD5, or both', async () => {
    await put(stores.from, { key: 'md5' }, 12 * MIB)
    await putInParts('parts', [Buffer.alloc(6 * MIB, 'a'), Buffer.alloc(MIB, 'b')])
    await put(stores.from, { key: 'small' }, 10)
    const whole = await contentsOf(stores.from, 'from')
    const job = moving()
    await job.copyAll()
    expect(await job.verifyAll()).toMatchObject({ methods: { content: 2, etag: 1, size: 0 } })
    expect(await job.deleteAll()).toMatchObject({ counts: { moved: { objects: 3 } } })
    expect(await contentsOf(stores.to, 'target')).toEqual(whole)
    expect(await keysOf(stores.from, 'from')).toEqual([])
  })

  test('a copy in a store whose ETags are no MD5s', async () => {
    await put(stores.from, { key: 'a' }, 10)
    const { endpoint, close } = await opaqueEtags(stores.to.endpoint)
    onTestFinished(close)
    const job = moving({ destination: { bucket: 'target', endpoint } })
    await job.copyAll()
    expect(await job.verifyAll()).toMatchObject({ methods: { etag: 0, size: 0 } })
    expect(await job.deleteAll()).toMatchObject({ counts: { moved: { objects: 1 } } })
  })

  test('and goes on where an attempt was cut off, within an object too', async () => {
    await put(stores.from, { key: 'md5' }, 40 * MIB)
    await putInParts('parts', [Buffer.alloc(40 * MIB, 'a')])
    const ranges: string[] = []
    const { endpoint, close } = await foreignStore(stores.to.endpoint, {
      request: ({ method, key, headers }) => {
        if (method === 'GET' && key !== '') ranges.push(`${key} ${headers.range}`)
        return undefined
      },
    })
    onTestFinished(close)
    const job = moving({ destination: { bucket: 'target', endpoint }, part_size_mib: 16 })
    expect(await job.copyAll()).toEqual([0])
    const memory = newMemory()
    const cut = new Error('the time is nearly over')
    const outOfTime = new AbortController()
    const onCheckpoint = (count: number) => {
      // both have read their first range; what is written at the second checkpoint is lost
      if (count === 3) outOfTime.abort(cut)
    }
    const signal = outOfTime.signal
    await expect(job.verify(0, { memory, signal, onCheckpoint })).rejects.toBe(cut)
    const before = ranges.length
    expect(await job.verify(0, { memory, attempt: 2 })).toMatchObject({ methods: { content: 2 } })
    const again = ranges.slice(before).filter((range) => range.includes('bytes=0-'))
    expect(again).toEqual([])
    expect(ranges.slice(before).sort()).toEqual([
      `md5 bytes=${32 * MIB}-${40 * MIB - 1}`,
      `parts bytes=${32 * MIB}-${40 * MIB - 1}`,
    ])
  })
})

test('a copy whose ETag only HEAD tells is proven by it, without reading', async () => {
  await put(stores.from, { key: 'a' }, 10)
  let reads = 0
  const { endpoint, close } = await foreignStore(stores.to.endpoint, {
    answer: ({ method, key }, answer) => {
      if (method === 'GET' && key === 'a') reads += 1
      if (method === 'GET' && key === '') answer.body = `${answer.body}`.replace(/<ETag>[^<]*<\/ETag>/g, '')
      return undefined
    },
  })
  onTestFinished(close)
  const job = moving({ destination: { bucket: 'target', endpoint } })
  await job.copyAll()
  expect(await job.verifyAll()).toMatchObject({ methods: { etag: 1 } })
  expect(reads).toBe(0)
  expect(await job.deleteAll()).toMatchObject({ counts: { moved: { objects: 1 } } })
})
