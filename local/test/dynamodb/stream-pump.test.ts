import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { OK, openStreamKit, type StreamKit } from './stream-kit.ts'

let kit: StreamKit
beforeEach(async () => {
  kit = await openStreamKit()
})
afterEach(() => kit.close())

test('a mapping goes on after a restart with what was not done, and repeats nothing that was', async () => {
  await kit.put('a')
  kit.start({}, () => OK)
  await eventually(() => expect(kit.batches).toEqual([['a']]))
  await eventually(() => expect(kit.consumed()).toBe(1))
  await kit.stop()
  await kit.put('b')
  kit.start({}, () => OK)
  await eventually(() => expect(kit.batches).toEqual([['a'], ['b']]))
})

test('a mapping asks again while its function cannot be reached, without giving up', async () => {
  await kit.put('a')
  let tries = 0
  kit.start({ maximumRetryAttempts: 0 }, () => {
    tries += 1
    if (tries < 4) throw new Error('no environment is free')
    return OK
  })
  await eventually(() => expect(tries).toBe(4))
  expect(kit.failures).toEqual([])
})
