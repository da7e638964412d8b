import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { JobAborted } from '#sdk/index.ts'
import { contentsOf, jsonOf, keysOf, put, remove } from './objects.ts'
import { type Machine, MIB, startJob, startMachine } from './stores.ts'
import { newMemory } from './tools.ts'

let machine: Machine
const stop = new JobAborted('the job is CANCELLING')
beforeEach(async () => {
  machine = await startMachine()
  for (const key of ['a', 'b', 'c', 'd']) await put(machine.from, { key }, `this is ${key}`)
})
afterEach(() => machine.close())

const moving = () => startJob(machine, { remain_source: false })

test('a move ends with every object at the destination only', async () => {
  const before = await contentsOf(machine.from, 'from')
  const job = moving()
  await job.copyAll()
  await job.verify()
  expect(await job.deleteSource()).toEqual({ deleted: 4, kept: 0, examples: [] })
  expect(await keysOf(machine.from, 'from')).toEqual([])
  expect(await contentsOf(machine.to, 'target')).toEqual(before)
})

test('nothing is deleted where the source is to remain', async () => {
  const job = startJob(machine)
  await job.copyAll()
  await job.verify()
  expect(await job.deleteSource()).toMatchObject({ deleted: 0 })
  expect(await keysOf(machine.from, 'from')).toHaveLength(4)
})

test('without a verification nothing is deleted', async () => {
  const job = moving()
  await job.copyAll()
  await expect(job.deleteSource()).rejects.toThrow(/verified\/00000.json/)
  expect(await keysOf(machine.from, 'from')).toHaveLength(4)
})

test('an object written since, at either end, stays at the source', async () => {
  const job = moving()
  await job.copyAll()
  await job.verify()
  await put(machine.from, { key: 'a' }, 'newer')
  await remove(machine.to, 'target', 'b')
  await put(machine.to, { bucket: 'target', key: 'c' }, 'of another size')
  expect(await job.deleteSource()).toMatchObject({ deleted: 1, kept: 3 })
  expect(await keysOf(machine.from, 'from')).toEqual(['a', 'b', 'c'])
})

test('an object that is written in the moment of its deletion stays', async () => {
  const job = moving()
  await job.copyAll()
  await job.verify()
  machine.from.intercept(async ({ operation, key }) => {
    if (operation === 'DeleteObject') await put(machine.from, { key }, 'newer')
    return undefined
  })
  expect(await job.deleteSource()).toMatchObject({ deleted: 0, kept: 4 })
  machine.from.intercept(undefined)
  expect(await keysOf(machine.from, 'from')).toHaveLength(4)
})

describe('an abort', () => {
  test.each([1, 2, 3, 4])(
    'at look %d: each object is at both ends or at the destination only',
    async (nth) => {
      const whole = await contentsOf(machine.from, 'from')
      const job = moving()
      await job.copyAll()
      await job.verify()
      const memory = newMemory()
      const abort = new AbortController()
      const onCheckpoint = (count: number) => {
        if (count === nth) abort.abort(stop)
      }
      await expect(job.deleteSource({ memory, signal: abort.signal, onCheckpoint })).rejects.toBe(stop)
      expect(await contentsOf(machine.to, 'target')).toEqual(whole)
      const left = await contentsOf(machine.from, 'from')
      expect(Object.keys(left).length).toBeGreaterThan(0)
      expect(whole).toMatchObject(left)
      await job.deleteSource({ memory, attempt: 2 })
      expect(await keysOf(machine.from, 'from')).toEqual([])
    },
  )

  test('seen at a point of no return deletes nothing more', async () => {
    const job = moving()
    await job.copyAll()
    await job.verify()
    const abort = new AbortController()
    let looks = 0
    let deletions = 0
    machine.from.intercept(async ({ operation }) => {
      if (operation === 'DeleteObject') deletions += 1
      return undefined
    })
    const onPointOfNoReturn = () => {
      looks += 1
      if (looks === 2) abort.abort(stop)
    }
    await expect(job.deleteSource({ signal: abort.signal, onPointOfNoReturn })).rejects.toBe(stop)
    machine.from.intercept(undefined)
    expect(deletions).toBeLessThanOrEqual(1)
    expect((await keysOf(machine.from, 'from')).length).toBeGreaterThanOrEqual(3)
  })

  test('with a rollback keeps the copies of what is deleted already, and says so', async () => {
    const whole = await contentsOf(machine.from, 'from')
    const job = moving()
    await job.copyAll()
    await job.verify()
    await remove(machine.from, 'from', 'a')
    await put(machine.from, { key: 'b' }, 'another object of that name')
    await job.revert(0)
    const { a, b } = whole
    expect(await contentsOf(machine.to, 'target')).toEqual({ a, b })
    const report = await jsonOf(machine.from, `jobs/${job.job.job_execution_id}/reverted/00000.json`)
    const reason = 'no longer at the source'
    expect(report).toEqual({
      removed: 2,
      kept: [
        { key: 'a', reason },
        { key: 'b', reason },
      ],
    })
  })

  test('waits for a deletion that is under way before it is told', async () => {
    const job = moving()
    await job.copyAll()
    await job.verify()
    const abort = new AbortController()
    const deletions = { begun: 0, ended: 0 }
    machine.from.intercept(async ({ operation }) => {
      if (operation !== 'DeleteObject') return undefined
      deletions.begun += 1
      abort.abort(stop)
      await new Promise((resolve) => setTimeout(resolve, 50))
      deletions.ended += 1
      return undefined
    })
    await expect(job.deleteSource({ signal: abort.signal })).rejects.toBe(stop)
    expect(deletions.begun).toBeGreaterThan(0)
    expect(deletions.ended).toBe(deletions.begun)
    machine.from.intercept(undefined)
  })

  test('before the first look deletes nothing', async () => {
    const job = moving()
    await job.copyAll()
    await job.verify()
    const signal = AbortSignal.abort(stop)
    await expect(job.deleteSource({ signal })).rejects.toBe(stop)
    expect(await keysOf(machine.from, 'from')).toHaveLength(4)
  })
})

describe('verify', () => {
  test('tells every object that is missing, shorter or different, and fails by name', async () => {
    const job = moving()
    await job.copyAll()
    await remove(machine.to, 'target', 'a')
    await put(machine.to, { bucket: 'target', key: 'b' }, 'short')
    await put(machine.to, { bucket: 'target', key: 'c' }, 'THIS IS C')
    await expect(job.verify()).rejects.toMatchObject({
      name: 'VerificationFailed',
      message: expect.stringMatching(/^3 of 4 objects are not whole at the destination, such as a /),
    })
    const failures = await jsonOf<{ key: string; reason: string }[]>(
      machine.from,
      `jobs/${job.job.job_execution_id}/failures.json`,
    )
    expect(failures.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    expect(failures[0]?.reason).toBe('missing at the destination')
    expect(failures[1]?.reason).toMatch(/^size: 9 .* 5 at/)
    expect(failures[2]?.reason).toMatch(/^(ETag|Checksum)/)
  })

  test.each([
    [false, { size: 1, content: 0 }],
    [true, { size: 0, content: 1 }],
  ])('says by what it compared: verify_checksums %s', async (verify_checksums, methods) => {
    await put(machine.from, { key: 'large' }, 9 * MIB, { ChecksumAlgorithm: 'SHA256' })
    const job = startJob(machine, { verify_checksums })
    await job.copyAll()
    expect(await job.verify()).toMatchObject({ verified: 5, methods: { etag: 4, checksum: 0, ...methods } })
  })

  test('reads what has no checksum in common, and finds one changed byte', async () => {
    await put(machine.from, { key: 'large' }, Buffer.alloc(9 * MIB, 'x').toString())
    const job = startJob(machine, { verify_checksums: true, filter: { prefix: 'large' } })
    await job.copyAll()
    await put(machine.from, { key: 'other' }, `${Buffer.alloc(9 * MIB - 1, 'x')}y`)
    const renamed = startJob(machine, {
      source: { bucket: 'from', prefix: 'other' },
      destination: { bucket: 'target', prefix: 'large' },
    })
    await renamed.copyAll()
    await expect(job.verify()).rejects.toThrow(/1 of 1 objects .*the bytes differ/)
  })
})
