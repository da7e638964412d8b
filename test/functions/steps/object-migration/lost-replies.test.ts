import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startJob } from './migration-job.ts'
import { contentsOf, keysOf, put, remove, uploadsOf } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'
import { newMemory } from './tools.ts'

let oneStore: Stores
let twoStores: Stores
beforeAll(async () => {
  oneStore = await startStores(1)
  twoStores = await startStores(2)
  for (const { from } of [oneStore, twoStores]) {
    await put(from, { key: 'a' }, 10)
    await put(from, { key: 'large' }, 9 * MIB)
  }
})
afterAll(async () => {
  await oneStore.close()
  await twoStores.close()
})

async function migrate(
  stores: Stores,
  fault: (operation: string, count: number) => 'fail' | 'drop-reply' | undefined,
) {
  const counts = new Map<string, number>()
  stores.to.intercept(async ({ operation, bucket }) => {
    if (bucket !== 'target') return undefined
    counts.set(operation, (counts.get(operation) ?? 0) + 1)
    return fault(operation, counts.get(operation)!)
  })
  const job = startJob(stores)
  await job.list()
  const result = await job.copy(0).finally(() => stores.to.intercept(undefined))
  expect(await uploadsOf(stores.to, 'target')).toEqual([])
  expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual([])
  return { result, counts }
}

describe.each([
  ['CopyObject', () => oneStore],
  ['UploadPartCopy', () => oneStore],
  ['CreateMultipartUpload', () => oneStore],
  ['CompleteMultipartUpload', () => oneStore],
  ['PutObject', () => twoStores],
  ['UploadPart', () => twoStores],
  ['ListObjectsV2', () => twoStores],
] as const)('%s', (lost, storesOf) => {
  test.each(['fail', 'drop-reply'] as const)(
    'that fails once (%s) is made good within the attempt',
    async (fault) => {
      const { result, counts } = await migrate(storesOf(), (operation, count) =>
        operation === lost && count === 1 ? fault : undefined,
      )
      expect(counts.get(lost)).toBeGreaterThan(1)
      expect(result).toEqual({ objects: 2, bytes: 9 * MIB + 10, failed: 0 })
    },
  )
})

test('a retry goes on with the upload on record and leaves those of others', async () => {
  const job = startJob(oneStore)
  await job.list()
  const memory = newMemory()
  oneStore.to.intercept(async ({ operation }) =>
    operation === 'CompleteMultipartUpload' ? 'fail' : undefined,
  )
  await expect(job.copy(0, { memory })).rejects.toMatchObject({ name: 'StoreUnavailable' })
  oneStore.to.intercept(undefined)
  const [own] = await uploadsOf(oneStore.to, 'target')
  for (const _ of [1, 2]) {
    await oneStore.to.client.send(new CreateMultipartUploadCommand({ Bucket: 'target', Key: 'large' }))
  }
  const theirs = (await uploadsOf(oneStore.to, 'target')).filter((id) => id !== own)
  const calls: string[] = []
  oneStore.to.intercept(async ({ operation }) => void calls.push(operation))
  expect(await job.copy(0, { memory, attempt: 2 })).toMatchObject({ objects: 2 })
  oneStore.to.intercept(undefined)
  expect(calls).not.toContain('UploadPartCopy')
  expect(calls).not.toContain('AbortMultipartUpload')
  expect(await uploadsOf(oneStore.to, 'target')).toEqual(theirs)
  for (const key of await keysOf(oneStore.to, 'target')) await remove(oneStore.to, 'target', key)
})
