import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inParallel } from '#functions/steps/object-migration/batch/in-parallel.ts'
import { ByteBudget } from '#functions/steps/object-migration/copy/byte-budget.ts'
import { type Entry, Ledger } from '#functions/steps/object-migration/copy/ledger.ts'

const never = new AbortController().signal

describe('in parallel', () => {
  test('every item is worked on once, at most so many at a time', async () => {
    const done: number[] = []
    let now = 0
    let most = 0
    await inParallel(
      Array.from({ length: 20 }, (_, i) => i),
      { limit: 3, signal: never },
      async (item) => {
        now += 1
        most = Math.max(most, now)
        await sleep(item % 3)
        done.push(item)
        now -= 1
      },
    )
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i))
    expect(most).toBe(3)
  })

  test('a failure aborts the others and is thrown once they have ended', async () => {
    const ended: string[] = []
    const work = async (item: string, signal: AbortSignal) => {
      if (item === 'bad') throw new Error('bad')
      await sleep(60_000, undefined, { signal }).catch(() => undefined)
      await sleep(5)
      ended.push(item)
    }
    await expect(inParallel(['a', 'bad', 'b', 'never'], { limit: 3, signal: never }, work)).rejects.toThrow(
      'bad',
    )
    expect(ended.sort()).toEqual(['a', 'b'])
  })

  test("an abort ends it with the signal's reason, whatever the work throws", async () => {
    const abort = new AbortController()
    const reason = new Error('stopped')
    const work = async (_: number, signal: AbortSignal) => {
      abort.abort(reason)
      if (signal.aborted) throw new Error('cut off')
    }
    await expect(inParallel([1, 2], { limit: 1, signal: abort.signal }, work)).rejects.toBe(reason)
  })
})

test('a byte budget is never exceeded but by one that is larger than all of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 20 }), async (sizes) => {
      const budget = new ByteBudget(10)
      const held = new Set<{ size: number }>()
      const hold = (size: number) =>
        budget.hold(size, async () => {
          const mine = { size }
          held.add(mine)
          const total = [...held].reduce((sum, one) => sum + one.size, 0)
          const counted = [...held].filter((one) => one.size > 0)
          expect(total <= 10 || counted.length === 1).toBe(true)
          await Promise.resolve()
          held.delete(mine)
        })
      await Promise.all(sizes.map(hold))
      expect(held.size).toBe(0)
    }),
    { numRuns: 50 },
  )
})

test('a ledger of any length keeps its state small and loses no entry', async () => {
  const chunks = new Map<string, Entry[]>()
  const save = async (name: string, entries: Entry[]) => {
    await sleep(0)
    chunks.set(name, entries)
  }
  const ledger = new Ledger(1, save)
  const add = (i: number) =>
    i % 7 === 0
      ? ledger.failed(i, { reason: 'gone', message: 'x'.repeat(200) })
      : ledger.copied(i, 'e'.repeat(36))
  for (let i = 0; i < 3_000; i += 30) {
    await Promise.all(Array.from({ length: 30 }, (_, k) => add(i + k)))
    const { chunks: names, recent } = ledger.state()
    expect(JSON.stringify(ledger.state()).length).toBeLessThan(24 * 1024)
    const kept = [...names.flatMap((name) => chunks.get(name)!), ...recent].map(([i]) => i)
    expect(kept.sort((a, b) => a - b)).toEqual(Array.from({ length: i + 30 }, (_, k) => k))
  }
  expect(chunks.size).toBeGreaterThan(5)
})
