import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentsOf, keysOf, put, remove, uploadsOf } from './objects.ts'
import { type Machine, MIB, startJob, startMachine } from './stores.ts'
import { newMemory } from './tools.ts'

let one: Machine
let two: Machine
beforeAll(async () => {
  one = await startMachine(1)
  two = await startMachine(2)
  for (const { from } of [one, two]) {
    await put(from, { key: 'a' }, 10)
    await put(from, { key: 'large' }, 9 * MIB)
  }
})
afterAll(async () => {
  await one.close()
  await two.close()
})

async function migrate(
  machine: Machine,
  fault: (operation: string, count: number) => 'fail' | 'drop-reply' | undefined,
) {
  const counts = new Map<string, number>()
  machine.to.intercept(async ({ operation, bucket }) => {
    if (bucket !== 'target') return undefined
    counts.set(operation, (counts.get(operation) ?? 0) + 1)
    return fault(operation, counts.get(operation)!)
  })
  const job = startJob(machine)
  await job.list()
  const result = await job.copy(0).finally(() => machine.to.intercept(undefined))
  expect(await uploadsOf(machine.to, 'target')).toEqual([])
  expect(await contentsOf(machine.to, 'target')).toEqual(await contentsOf(machine.from, 'from'))
  await job.revert(0)
  expect(await keysOf(machine.to, 'target')).toEqual([])
  return { result, counts }
}

describe.each([
  ['CopyObject', () => one],
  ['UploadPartCopy', () => one],
  ['CreateMultipartUpload', () => one],
  ['CompleteMultipartUpload', () => one],
  ['PutObject', () => two],
  ['UploadPart', () => two],
  ['ListObjectsV2', () => two],
] as const)('%s', (lost, machine) => {
  test.each(['fail', 'drop-reply'] as const)(
    'that fails once (%s) is made good within the attempt',
    async (fault) => {
      const { result, counts } = await migrate(machine(), (operation, count) =>
        operation === lost && count === 1 ? fault : undefined,
      )
      expect(counts.get(lost)).toBeGreaterThan(1)
      expect(result).toEqual({ objects: 2, bytes: 9 * MIB + 10, failed: 0 })
    },
  )
})

test('of several uploads for one object a retry goes on with the recorded one and closes the others', async () => {
  const job = startJob(one)
  await job.list()
  const memory = newMemory()
  one.to.intercept(async ({ operation }) => (operation === 'CompleteMultipartUpload' ? 'fail' : undefined))
  await expect(job.copy(0, { memory })).rejects.toMatchObject({ name: 'StoreUnavailable' })
  one.to.intercept(undefined)
  for (const _ of [1, 2]) {
    await one.to.client.send(new CreateMultipartUploadCommand({ Bucket: 'target', Key: 'large' }))
  }
  expect(await uploadsOf(one.to, 'target')).toHaveLength(3)
  const calls: string[] = []
  one.to.intercept(async ({ operation }) => {
    calls.push(operation)
    return undefined
  })
  expect(await job.copy(0, { memory, attempt: 2 })).toMatchObject({ objects: 2 })
  one.to.intercept(undefined)
  expect(calls).not.toContain('UploadPartCopy')
  expect(calls.filter((call) => call === 'AbortMultipartUpload')).toHaveLength(2)
  expect(await uploadsOf(one.to, 'target')).toEqual([])
  for (const key of await keysOf(one.to, 'target')) await remove(one.to, 'target', key)
})
