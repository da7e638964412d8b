import { expect, test } from 'vitest'
import { eachObject, type ObjectWork } from '#functions/steps/object-migration/batch/each-object.ts'
import { StoreError } from '#functions/steps/object-migration/store/store-error.ts'

const outage = (key: string) =>
  new StoreError(
    { call: 'PutObject', bucket: 'b', key, endpoint: 'http://s', isRecord: false },
    Object.assign(new Error('down'), { name: 'InternalError', $metadata: { httpStatusCode: 500 } }),
  )

function work(more: Partial<ObjectWork<string>>): ObjectWork<string> {
  return {
    limit: 2,
    signal: new AbortController().signal,
    pauses: [1, 1],
    attempt: 1,
    doneBefore: 0,
    work: async () => undefined,
    giveUp: async () => undefined,
    storesAnswer: async () => true,
    safePoint: async () => undefined,
    ...more,
  }
}

test('an abort does not wait for the pause before an object is tried again', async () => {
  const looks: number[] = []
  const job = work({
    pauses: [600_000],
    work: (key) => (key === 'a' ? Promise.reject(outage(key)) : Promise.resolve()),
    safePoint: async () => {
      looks.push(looks.length)
      throw new Error('aborted')
    },
  })
  await expect(eachObject(['a', 'b'], job)).rejects.toThrow('aborted')
  expect(looks).toEqual([0])
  const abort = new AbortController()
  const cut = eachObject(['a', 'b'], { ...job, signal: abort.signal })
  abort.abort(new Error('cut'))
  await expect(cut).rejects.toThrow('cut')
})

test('where the stores do not answer nothing is given up', async () => {
  const given: string[] = []
  const job = work({
    work: (key) => (key === 'a' ? Promise.reject(outage(key)) : Promise.resolve()),
    giveUp: async (key) => void given.push(key),
    storesAnswer: async () => false,
  })
  await expect(eachObject(['a', 'b', 'c', 'd'], job)).rejects.toMatchObject({ key: 'a' })
  expect(given).toEqual([])
})

test('an outage is seen after a few objects, and the others are not tried', async () => {
  const tried: string[] = []
  const job = work({
    work: async (key) => {
      tried.push(key)
      throw outage(key)
    },
    storesAnswer: async () => false,
  })
  const keys = Array.from({ length: 100 }, (_, i) => String(i))
  await expect(eachObject(keys, job)).rejects.toMatchObject({ status: 500 })
  expect(tried.length).toBeLessThan(8)
})

test('what failed before others passed is given up, what failed after them is not', async () => {
  const given: string[] = []
  const job = work({
    limit: 1,
    work: (key) => (['a', 'z'].includes(key) ? Promise.reject(outage(key)) : Promise.resolve()),
    giveUp: async (key) => void given.push(key),
  })
  await expect(eachObject(['a', 'b', 'z'], job)).rejects.toMatchObject({ key: 'z' })
  expect(given).toEqual(['a'])
})

test('an error that nobody expected is no fault of an object', async () => {
  const job = work({ work: () => Promise.reject(new TypeError('a bug')), giveUp: () => Promise.reject() })
  await expect(eachObject(['a'], job)).rejects.toThrow('a bug')
})

test('what was under way when an outage began proves nothing', async () => {
  const { promise: hasFailed, resolve } = Promise.withResolvers<void>()
  const given: string[] = []
  const job = work({
    work: async (key) => {
      if (key === 'under way') return hasFailed
      resolve()
      throw outage(key)
    },
    giveUp: async (key) => void given.push(key),
  })
  await expect(eachObject(['under way', 'a'], job)).rejects.toMatchObject({ key: 'a' })
  expect(given).toEqual([])
})
