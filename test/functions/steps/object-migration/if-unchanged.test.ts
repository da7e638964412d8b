import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ForeignRequest, type ForeignStore, foreignStore, s3Error } from './foreign-store.ts'
import { startJob } from './migration-job.ts'
import { contentsOf, keysOf, put, uploadsOf } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'

let stores: Stores
let foreign: ForeignStore
beforeEach(async () => {
  stores = await startStores()
  foreign = await foreignStore(stores.to.endpoint)
  for (const key of ['composed 1', 'composed 2', 'large'])
    await putInParts(key, key === 'large' ? 12 * MIB : 100)
  await put(stores.from, { key: 'plain' }, 100)
})
afterEach(async () => {
  await foreign.close()
  await stores.close()
})

/** An object with an ETag that is put together of its part's. */
async function putInParts(Key: string, size: number) {
  const { client } = stores.from
  const at = { Bucket: 'from', Key }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(at))
  const part = { ...at, UploadId, PartNumber: 1, Body: Buffer.alloc(size, Key) }
  const { ETag } = await client.send(new UploadPartCommand(part))
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
  await client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload }))
}

function foreignJob() {
  const { endpoint } = foreign
  const input = { source: { bucket: 'from', endpoint }, destination: { bucket: 'target', endpoint } }
  return startJob({ connections: stores.connections, input }, { concurrency: 1 })
}

/** The store never holds such a condition. */
const refuses = ({ headers }: ForeignRequest) =>
  String(headers['x-amz-copy-source-if-match'] ?? '').includes('-1')
    ? s3Error(412, 'PreconditionFailed')
    : undefined

test('objects whose ETag satisfies no condition are copied, if they are unchanged', async () => {
  let refused = 0
  foreign.play({
    request: (request) => {
      const verdict = refuses(request)
      if (verdict) refused += 1
      return verdict
    },
  })
  const job = foreignJob()
  await job.list()
  expect(await job.copy(0)).toMatchObject({ objects: 4, failed: 0 })
  expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
  expect(refused).toBe(1)
})

test.each([
  ['before', ['composed 1', 'large']],
  ['while', ['composed 1', 'large']],
])(
  'one that is written %s it is copied so is told as changed, and nothing of it stays',
  async (when, keys) => {
    const written = new Set<string>()
    foreign.play({
      request: async (request) => {
        const key = keys.find((key) => key === request.key)
        const isCopy = request.headers['x-amz-copy-source'] !== undefined
        const verdict = refuses(request)
        if (!key || !isCopy || written.has(key) || (when === 'while' && verdict)) return verdict
        written.add(key)
        await putInParts(key, 200)
        return verdict
      },
    })
    const job = foreignJob()
    await job.list()
    expect(await job.copy(0)).toMatchObject({ objects: 2, failed: 2 })
    expect(await keysOf(stores.to, 'target')).toEqual(['composed 2', 'plain'])
    expect(await uploadsOf(stores.to, 'target')).toEqual([])
  },
)
