import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ItemTooLargeError } from '#aws/table/codec.ts'
import { createStore } from '#aws/table/store.ts'
import { abort, claim, create, finish, NEW_STEP, NOW } from '#test/core/samples.ts'
import { historiesOf } from '../../engine/history.ts'
import { type Fate, faultyClient } from '../faults.ts'
import { startTable, TABLE, type Table } from '../table.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

/** A store whose updates meet these fates, one after the other. */
function storeWith(...fates: Fate[]) {
  const faulty = faultyClient(table.endpoint, (operation) =>
    operation.startsWith('UpdateItem') ? (fates.shift() ?? 'through') : 'through',
  )
  return { ...faulty, store: createStore({ client: faulty.client, tableName: TABLE, retentionDays: 1 }) }
}

const creating = (job_execution_id: string) => ({ ...create, job: { ...create.job, job_execution_id } })
const keyOf = (job_execution_id: string) => ({ ...NEW_STEP, job_execution_id })
const claiming = (job_execution_id: string, owner: string) => ({
  ...claim(owner),
  step: keyOf(job_execution_id),
})

describe('a reply that was lost after the write', () => {
  test('is not taken for a refusal: the claim is ours', async () => {
    const { store, writes } = storeWith('lost-after')
    const outcome = await store.applyStep(keyOf('lost-1'), claiming('lost-1', 'a'))
    expect(outcome).toMatchObject({ kind: 'write', item: { owner: 'a', attempt: 1, version: 1 } })
    expect(writes).toHaveLength(1)
  })

  test('is not taken for another abort: it is told as the change that it was', async () => {
    const { store, writes } = storeWith('through', 'lost-after')
    await store.applyJob('lost-2', creating('lost-2'))
    expect((await store.applyJob('lost-2', abort('force'))).kind).toBe('write')
    expect((await store.applyJob('lost-2', abort('force'))).kind).toBe('same')
    expect(historiesOf(writes, 'lost-2').get('JOB')).toHaveLength(2)
  })

  test('of two claims at once leaves one owner', async () => {
    const { store } = storeWith('lost-after', 'lost-after')
    const outcomes = await Promise.all(
      ['a', 'b'].map((owner) => store.applyStep(keyOf('lost-3'), claiming('lost-3', owner))),
    )
    const won = outcomes.filter((outcome) => outcome.kind === 'write')
    expect(won).toHaveLength(1)
    expect((await store.getStep(keyOf('lost-3')))?.owner).toBe(won[0]?.item.owner)
  })

  test('and then fenced by another: the claim finds itself, and may decline', async () => {
    const { store, client } = storeWith('lost-after')
    const other = createStore({ client: table.client, tableName: TABLE, retentionDays: 1 })
    const key = keyOf('lost-4')
    let fenced = false
    client.middlewareStack.add(
      (next) => async (args) => {
        const item = await other.getStep(key)
        const fence = { type: 'fence' as const, at: NOW, epoch: 2, abort_request: null }
        if (item && !fenced) await other.applyStep(key, fence)
        fenced = item !== undefined
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low', name: 'fenceBetween' },
    )
    const outcome = await store.applyStep(key, claiming('lost-4', 'a'))
    expect(outcome).toMatchObject({ kind: 'same', item: { state: 'CANCELLING', owner: 'a' } })
  })
})

test('a request lost before the write is made again, once', async () => {
  const { store, writes } = storeWith('lost-before', 'lost-before')
  expect((await store.applyStep(keyOf('lost-5'), claiming('lost-5', 'a'))).kind).toBe('write')
  expect(writes).toHaveLength(1)
})

test('many writers of one item: each change is made, none is lost, none is made twice', async () => {
  const { store, writes } = storeWith()
  await store.applyJob('many', creating('many'))
  const events = Array.from({ length: 8 }, (_one, i) => ({
    ...{ type: 'restart' as const, at: NOW },
    generation: i + 1,
  }))
  await Promise.all(events.map((event) => store.applyJob('many', event)))
  expect((await store.getJob('many'))?.generation).toBe(8)
  expect(historiesOf(writes, 'many').get('JOB')).toHaveLength((await store.getJob('many'))!.version)
})

test('a stale guess is not trusted: what it refuses is asked of the item itself', async () => {
  const { store } = storeWith()
  await store.applyStep(keyOf('stale'), claiming('stale', 'a'))
  const claimed = await store.getStep(keyOf('stale'))
  await store.applyStep(keyOf('stale'), finish('a'))
  const outcome = await store.applyStep(keyOf('stale'), finish('b'), claimed)
  expect(outcome).toMatchObject({ kind: 'refused', item: { state: 'SUCCEEDED' } })
  expect((await store.applyStep(keyOf('stale'), finish('a'), claimed)).kind).toBe('same')
})

test('a right guess saves the read', async () => {
  const { store, requests } = storeWith()
  const outcome = await store.applyStep(keyOf('guess'), claiming('guess', 'a'))
  await store.applyStep(keyOf('guess'), finish('a'), outcome.item)
  expect(requests).toEqual(['UpdateItemCommand', 'UpdateItemCommand'])
})

test('an item that grows beyond what is kept is refused with the reason', async () => {
  const { store } = storeWith()
  await store.applyStep(keyOf('large'), claiming('large', 'a'))
  const large = { ...finish('a'), result: 'x'.repeat(70_000) }
  await expect(store.applyStep(keyOf('large'), large)).rejects.toThrow(ItemTooLargeError)
})

test('the steps of a job come in the order of the chain, over as many pages as there are', async () => {
  const { store } = storeWith()
  // More than the megabyte that one page has.
  const result = 'x'.repeat(40_000)
  const indexes = Array.from({ length: 30 }, (_, i) => i)
  for (const index of indexes.toReversed()) {
    const key = { ...keyOf('order'), index }
    await store.applyStep(key, { ...claiming('order', 'a'), step: key })
    await store.applyStep(key, { ...finish('a'), result })
  }
  expect((await store.getSteps('order')).map((step) => step.index)).toEqual(indexes)
  expect(await store.getSteps('orde')).toEqual([])
})
