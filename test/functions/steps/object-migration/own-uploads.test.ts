import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { JobAborted } from '#sdk/index.ts'
import { startJob } from './migration-job.ts'
import { contentsOf, jsonOf, put, uploadsOf } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'
import { newMemory } from './tools.ts'

let stores: Stores
const stop = new JobAborted('the job is CANCELLING')
beforeEach(async () => {
  stores = await startStores()
  for (const key of ['a', 'large']) await put(stores.from, { key }, key === 'a' ? 10 : 12 * MIB)
})
afterEach(() => stores.close())

/** An upload of somebody else, with a part in it or without. */
async function open(Key: string, { part }: { part: boolean }) {
  const at = { Bucket: 'target', Key }
  const { UploadId } = await stores.to.client.send(new CreateMultipartUploadCommand(at))
  if (part)
    await stores.to.client.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'theirs' }))
  return UploadId!
}

/** Opens `count` uploads of somebody else right before the job opens its own. */
function openBefore(operation: string, count: number, options: { part: boolean }) {
  const opened: string[] = []
  let done = false
  const hook = async (call: { operation: string; bucket: string }) => {
    if (call.operation !== operation || done) return
    done = true
    for (let n = 0; n < count; n += 1) opened.push(await open('large', options))
  }
  return { opened, hook }
}

/** Stops a job right before it has a part, and answers what its hooks get. */
async function stoppedAtFirstPart(job: ReturnType<typeof startJob>) {
  const memory = newMemory()
  const force = new AbortController()
  const known = new Set(await uploadsOf(stores.to, 'target'))
  stores.to.intercept(async ({ operation, query }) => {
    // a part of another job that was cut off may still come
    if (operation === 'UploadPartCopy' && !known.has(query.get('uploadId')!)) force.abort(stop)
    return undefined
  })
  await expect(job.copy(0, { memory, signal: force.signal })).rejects.toBe(stop)
  stores.to.intercept(undefined)
  return memory
}

test.each([
  ['with a part in it', true],
  ['without a part', false],
])("somebody's upload %s on a key that is not copied yet survives the job", async (_, part) => {
  const job = startJob(stores)
  await job.list()
  const { opened, hook } = openBefore('CreateMultipartUpload', 1, { part })
  stores.to.intercept(async (call) => void (await hook(call)))
  expect(await job.copy(0)).toMatchObject({ objects: 2, failed: 0 })
  expect(await uploadsOf(stores.to, 'target')).toEqual(opened)
  stores.to.intercept(undefined)
  await job.abort(0)
  await job.revert(0)
  expect(await uploadsOf(stores.to, 'target')).toEqual(opened)
})

test('of two jobs with one destination the abort of one leaves the uploads of the other', async () => {
  const [first, second] = [startJob(stores), startJob(stores)]
  for (const job of [first, second]) await job.list()
  const memories = [await stoppedAtFirstPart(first), await stoppedAtFirstPart(second)]
  expect(await uploadsOf(stores.to, 'target')).toHaveLength(2)
  await first.abort(0, { memory: memories[0]! })
  expect(await uploadsOf(stores.to, 'target')).toHaveLength(1)
  const calls: string[] = []
  stores.to.intercept(async ({ operation }) => void calls.push(operation))
  expect(await second.copy(0, { memory: memories[1]!, attempt: 2 })).toMatchObject({ objects: 2 })
  expect(calls).not.toContain('CreateMultipartUpload')
  expect(await uploadsOf(stores.to, 'target')).toEqual([])
})

test.each([
  ['nobody else', 0, true],
  ['an upload of somebody else that has a part', 1, true],
  ['an upload of somebody else without a part, which could as well be ours', 1, false],
])('an upload whose reply was lost is closed beside %s, if it is told apart', async (_, count, part) => {
  const job = startJob(stores)
  await job.list()
  const theirs: string[] = []
  const kill = new AbortController()
  // the answer is lost while others open theirs, and the process ends with that very call
  stores.to.intercept(async ({ operation }) => {
    if (kill.signal.aborted) return 'fail'
    if (operation !== 'CreateMultipartUpload' || theirs.length > 0) return undefined
    kill.abort(stop)
    for (let n = 0; n < count; n += 1) theirs.push(await openDirectly('large', part))
    return 'drop-reply'
  })
  const openDirectly = async (key: string, withPart: boolean) => {
    stores.to.intercept(undefined)
    return await open(key, { part: withPart })
  }
  const memory = newMemory()
  await expect(job.copy(0, { memory, signal: kill.signal })).rejects.toBe(stop)
  stores.to.intercept(undefined)
  expect(await uploadsOf(stores.to, 'target')).toHaveLength(1 + count)
  await job.abort(0, { memory })
  const left = await uploadsOf(stores.to, 'target')
  if (part) return expect(left).toEqual(theirs)
  expect(left).toHaveLength(2)
  const told = await jsonOf<{ left: { key: string; reason: string }[] }>(
    stores.from,
    `jobs/${job.job.job_execution_id}/closed/00000.json`,
  )
  expect(told.left.map(({ key }) => key)).toEqual(['large', 'large'])
  expect(told.left[0]?.reason).toMatch(/cannot be told/)
  const report = await jsonOf<object>(stores.from, `jobs/${job.job.job_execution_id}/report.json`)
  expect(report).toMatchObject({ left_open: told.left })
})

test('an upload that vanished is begun anew', async () => {
  const job = startJob(stores)
  await job.list()
  let parts = 0
  stores.to.intercept(async ({ operation, query }) => {
    if (operation !== 'UploadPartCopy') return undefined
    parts += 1
    if (parts === 2) {
      const UploadId = query.get('uploadId')!
      await stores.to.client.send(
        new AbortMultipartUploadCommand({ Bucket: 'target', Key: 'large', UploadId }),
      )
    }
    return undefined
  })
  expect(await job.copy(0)).toEqual({ objects: 2, bytes: 12 * MIB + 10, failed: 0 })
  expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
  expect(await uploadsOf(stores.to, 'target')).toEqual([])
})

test('an upload that vanishes again and again fails its object and no other', async () => {
  const job = startJob(stores)
  await job.list()
  stores.to.intercept(async ({ operation, query }) => {
    if (operation === 'CompleteMultipartUpload') {
      const UploadId = query.get('uploadId')!
      await stores.to.client.send(
        new AbortMultipartUploadCommand({ Bucket: 'target', Key: 'large', UploadId }),
      )
    }
    return undefined
  })
  expect(await job.copy(0)).toMatchObject({ objects: 1, failed: 1 })
  expect(await uploadsOf(stores.to, 'target')).toEqual([])
})
