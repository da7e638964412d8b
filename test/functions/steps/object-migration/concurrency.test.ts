import { once } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inParallel } from '#functions/steps/object-migration/batch/in-parallel.ts'
import { ByteBudget } from '#functions/steps/object-migration/copy/byte-budget.ts'
import { type Entry, Ledger } from '#functions/steps/object-migration/copy/ledger.ts'

const never = new AbortController().signal

/** Lets everything run that waits for nothing but promises: it is over before the next turn of the event loop. */
const allPromises = () => new Promise((resolve) => setImmediate(resolve))

/** Work of which each piece ends only when the test says so, counted in the order in which they were begun. */
function gatedWork<Value>() {
  const begun: Value[] = []
  const gates: (() => void)[] = []
  const work = (value: Value): Promise<void> => {
    begun.push(value)
    return new Promise((resolve) => gates.push(resolve))
  }
  return { begun, work, end: (nth: number) => gates[nth]?.() }
}

describe('in parallel', () => {
  test.each([
    ['first', (ended: number) => ended],
    ['last', (_ended: number, begun: number) => begun - 1],
  ])(
    'every value is worked on once, at most so many at a time, though the %s begun ends first',
    async (_, next) => {
      const values = Array.from({ length: 20 }, (_, i) => i)
      const { begun, work, end } = gatedWork<number>()
      const all = inParallel(values, { limit: 3, signal: never }, work)
      for (let ended = 0; ended <= values.length - 3; ended += 1) {
        await allPromises()
        expect(begun).toEqual(values.slice(0, ended + 3))
        end(next(ended, begun.length))
      }
      for (const nth of values) end(nth)
      await all
      expect(begun).toEqual(values)
    },
  )

  test('a failure aborts the others and is thrown once they have ended', async () => {
    const { begun, work: gate, end } = gatedWork<string>()
    const ended: string[] = []
    const work = async (value: string, signal: AbortSignal) => {
      if (value === 'bad') throw new Error('bad')
      await once(signal, 'abort')
      await gate(value)
      ended.push(value)
    }
    const outcome = inParallel(['a', 'bad', 'b', 'never'], { limit: 3, signal: never }, work)
      .catch((error) => error)
      .finally(() => ended.push('all'))
    await allPromises()
    expect(begun).toEqual(['a', 'b'])
    end(1)
    await allPromises()
    expect(ended).toEqual(['b'])
    end(0)
    expect(await outcome).toMatchObject({ message: 'bad' })
    expect(ended).toEqual(['b', 'a', 'all'])
    expect(begun).toHaveLength(2)
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
          const total = [...held].reduce((sum, { size }) => sum + size, 0)
          const counted = [...held].filter(({ size }) => size > 0)
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
    await allPromises()
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
