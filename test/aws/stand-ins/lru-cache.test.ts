import { expect, test } from 'vitest'
import LruCache from '#aws/stand-ins/lru-cache.ts'

test('the value used longest ago goes first, and a peek is no use', () => {
  const cache = new LruCache<number>(2)
  cache.set('a', 1)
  cache.set('b', 2)
  expect([cache.get('a'), cache.peek('b')]).toEqual([1, 2])
  cache.set('c', 3)
  expect(['a', 'b', 'c'].map((key) => cache.has(key))).toEqual([true, false, true])
})

test('a value set again takes no second place', () => {
  const cache = new LruCache<number>(2)
  for (const value of [1, 2, 3]) cache.set('a', value)
  cache.set('b', 4)
  expect([cache.get('a'), cache.get('b')]).toEqual([3, 4])
})

test('cleared, it has nothing', () => {
  const cache = new LruCache<number>(2)
  cache.set('a', 1)
  cache.clear()
  expect([cache.has('a'), cache.get('a'), cache.peek('a')]).toEqual([false, undefined, undefined])
})
