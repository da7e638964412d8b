import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ForeignRequest, type ForeignStore, foreignStore, s3Error } from './foreign-store.ts'
import { startJob } from './migration-job.ts'
import { jsonOf, keysOf, put } from './objects.ts'
import { type Stores, startStores } from './stores.ts'

type Retained = { key: string; reason: string }
type Report = { removed: number; kept: Retained[]; failed: Retained[] }

let stores: Stores
let foreign: ForeignStore
beforeEach(async () => {
  stores = await startStores()
  foreign = await foreignStore(stores.to.endpoint)
  for (const key of ['a', 'odd', 'z']) await put(stores.from, { key }, 10)
})
afterEach(async () => {
  await foreign.close()
  await stores.close()
})

/** A job whose both ends are in a store that lists no ETags, so that each object is looked at. */
function foreignJob() {
  const { endpoint } = foreign
  const input = { source: { bucket: 'from', endpoint }, destination: { bucket: 'target', endpoint } }
  return startJob({ connections: stores.connections, input })
}

const reportOf = ({ job }: ReturnType<typeof startJob>) =>
  jsonOf<Report>(stores.from, `jobs/${job.job_execution_id}/reverted/00000.json`)

const withoutEtags = { answer: playWithoutEtags }
function playWithoutEtags({ query }: ForeignRequest, answer: { body: Buffer | string }) {
  if (query.has('list-type')) answer.body = String(answer.body).replace(/<ETag>[^<]*<\/ETag>/g, '')
  return undefined
}

/** The store never answers a HEAD of `odd` in one bucket but with 500. */
const oddIn = (where: string) => ({
  ...withoutEtags,
  request: ({ method, bucket, key }: ForeignRequest) =>
    method === 'HEAD' && bucket === where && key === 'odd' ? s3Error(500, 'InternalError') : undefined,
})

test('a HEAD that one key alone gets 500 for stops no listing', async () => {
  foreign.play(oddIn('from'))
  expect(await foreignJob().list()).toMatchObject({ objects: 3 })
})

test('a HEAD that one key alone gets 500 for before the copy stops no copy; a rollback keeps that object and says why', async () => {
  await put(stores.to, { bucket: 'target', key: 'odd' }, 'older')
  const job = foreignJob()
  foreign.play(withoutEtags)
  await job.list()
  foreign.play(oddIn('target'))
  expect(await job.copy(0)).toMatchObject({ objects: 3 })
  foreign.play(withoutEtags)
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual(['odd'])
  const kept = [{ key: 'odd', reason: 'may have existed before: it could not be looked at' }]
  expect(await reportOf(job)).toEqual({ removed: 2, kept, failed: [] })
})

test('a copy that a rollback cannot look at keeps no other from being removed, and is told as left', async () => {
  const job = foreignJob()
  foreign.play(withoutEtags)
  await job.copyAll()
  foreign.play(oddIn('target'))
  await expect(job.revert(0)).rejects.toThrow(/could not be removed, such as HeadObject of "odd".*500/)
  expect(await keysOf(stores.to, 'target')).toEqual(['odd'])
  expect(await reportOf(job)).toMatchObject({ removed: 2, kept: [], failed: [{ key: 'odd' }] })
  foreign.play(withoutEtags)
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual([])
})

test('a rollback keeps the copy of an object that cannot be looked at at the source', async () => {
  const job = foreignJob()
  foreign.play(withoutEtags)
  await job.copyAll()
  foreign.play(oddIn('from'))
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual(['odd'])
  const kept = [{ key: 'odd', reason: expect.stringMatching(/not seen at the source: HeadObject.*500/) }]
  expect(await reportOf(job)).toMatchObject({ removed: 2, kept, failed: [] })
})

test('a store that answers nothing at all is an outage, and no object of its own fault', async () => {
  const job = foreignJob()
  foreign.play(withoutEtags)
  await job.copyAll()
  foreign.play({ request: () => s3Error(503, 'ServiceUnavailable') })
  await expect(job.revert(0)).rejects.toMatchObject({ name: 'StoreUnavailable' })
  foreign.play(withoutEtags)
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual([])
})
