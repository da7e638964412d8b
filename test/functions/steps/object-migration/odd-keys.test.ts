import { expect, test } from 'vitest'
import { startJob } from './migration-job.ts'
import { contentsOf, keysOf, put } from './objects.ts'
import { startStores } from './stores.ts'

const ODD = [
  ' lead and trail ',
  '/slash//double/',
  'dots/../x/./y',
  'a+b %20%2F&?#=;:@,$!*\'()"<>[]{}|\\^`~',
  'tab\tline\nreturn\r',
  'ünï/çødé 漢字 🙂 \u{10FFFF}',
  'e\u0301 and é',
  '.',
  '-rf',
  'null\u0001\u001f\u007f',
  'CON.txt',
  'ends with /',
]
const KEYS = Array.from({ length: 204 }, (_, i) => `${String(i % 17)}/${ODD[i % ODD.length]}${i}`)

test.each([
  { count: 1, remain_source: true, what: 'a copy within one store' },
  { count: 1, remain_source: false, what: 'a move within one store' },
  { count: 2, remain_source: true, what: 'a copy between two stores' },
  { count: 2, remain_source: false, what: 'a move between two stores' },
] as const)(
  'two hundred odd keys are the same byte for byte after $what',
  async ({ count, remain_source }) => {
    const stores = await startStores(count)
    try {
      await Promise.all(KEYS.map((key, i) => put(stores.from, { key }, i)))
      const whole = await contentsOf(stores.from, 'from')
      expect(Object.keys(whole)).toHaveLength(KEYS.length)
      const job = startJob(stores, { remain_source })
      await job.copyAll()
      await job.verifyAll()
      expect(await job.deleteAll()).toMatchObject({
        counts: { [remain_source ? 'copied' : 'moved']: { objects: KEYS.length } },
      })
      expect(await contentsOf(stores.to, 'target')).toEqual(whole)
      expect(await keysOf(stores.from, 'from')).toHaveLength(remain_source ? KEYS.length : 0)
    } finally {
      await stores.close()
    }
  },
)
