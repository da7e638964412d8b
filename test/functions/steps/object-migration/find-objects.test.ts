import { afterAll, beforeAll, expect, test } from 'vitest'
import { findObjects } from '#functions/steps/object-migration/store/find-objects.ts'
import { Lacks } from '#functions/steps/object-migration/store/lacks.ts'
import { put } from './objects.ts'
import { type Stores, startStores } from './stores.ts'

let stores: Stores
let pageSizes: (string | null)[] = []
const keys = Array.from({ length: 40 }, (_, i) => `k/${String(i).padStart(2, '0')}`)

beforeAll(async () => {
  stores = await startStores()
  for (const key of keys) await put(stores.from, { key }, key)
  stores.from.intercept(async ({ query }) => {
    pageSizes.push(query.get('max-keys'))
    return undefined
  })
})
afterAll(() => stores.close())

const found = (wanted: string[]) => {
  pageSizes = []
  const lacks = new Lacks('source', { write: async () => undefined })
  const client = stores.connections.connect({ bucket: 'from' })
  const store = { client, bucket: 'from', prefix: '', isAmazon: false, lacks }
  return findObjects(store, wanted, { signal: new AbortController().signal, pauses: [] })
}

test('a batch that lies side by side is found by one list of its own length', async () => {
  const wanted = keys.slice(10, 15)
  expect([...(await found(wanted)).keys()]).toEqual(wanted)
  expect(pageSizes).toEqual(['5'])
})

test('a batch with others in between is found by one more list, of any length', async () => {
  const wanted = keys.filter((_, i) => i % 10 === 0)
  expect([...(await found(wanted)).keys()]).toEqual(wanted)
  expect(pageSizes).toEqual(['4', null])
})
