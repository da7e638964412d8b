import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_PARTS, partsOf } from '#functions/steps/object-migration/copy/parts.ts'
import { toRanges } from '#functions/steps/object-migration/copy/ranges.ts'
import { MIB } from './stores.ts'

const GIB = 1024 * MIB
const transfer = fc.record({
  partSize: fc.integer({ min: 5, max: 5120 }).map((n) => n * MIB),
  serverSide: fc.boolean(),
  threshold: fc.constant(64 * MIB),
  maxParts: fc.constantFrom(1_000, MAX_PARTS),
})

test('the parts of any object follow each other, are 5 MiB to 5 GiB and at most 10,000', () => {
  const size = fc.oneof(
    fc.integer({ min: 8 * MIB + 1, max: GIB }),
    fc.integer({ min: GIB, max: 5 * 1024 * GIB }),
  )
  fc.assert(
    fc.property(size, transfer, (size, transfer) => {
      const parts = partsOf(size, transfer)
      expect(parts.length).toBeLessThanOrEqual(MAX_PARTS)
      const wrong = parts.filter(({ number, start }, i) => {
        const before = parts[i - 1]
        return number !== i + 1 || start !== (before ? before.start + before.size : 0)
      })
      expect(wrong).toEqual([])
      const last = parts.at(-1)!
      expect(last.start + last.size).toBe(size)
      expect(Math.min(...parts.slice(0, -1).map((part) => part.size), 5 * MIB)).toBe(5 * MIB)
      expect(Math.max(...parts.map((part) => part.size))).toBeLessThanOrEqual(5 * GIB)
    }),
    { numRuns: 60 },
  )
})

test('where a store takes 1,000 parts, objects are cut into no more, up to what 10,000 parts hold', () => {
  const transfer = { serverSide: false, partSize: 8 * MIB, threshold: 64 * MIB, maxParts: 1_000 }
  for (const size of [100 * MIB, 8 * GIB, 100 * GIB, 4 * 1024 * GIB])
    expect(partsOf(size, transfer).length).toBeLessThanOrEqual(1_000)
  expect(partsOf(8 * MIB * 1_000, transfer)).toHaveLength(1_000)
})

test('ranges name every number once', () => {
  expect(toRanges([3, 1, 2, 7])).toBe('1-3,7')
  const expand = (text: string) =>
    text === ''
      ? []
      : text.split(',').flatMap((range) => {
          const [from = 0, to = from] = range.split('-').map(Number)
          return Array.from({ length: to - from + 1 }, (_, i) => from + i)
        })
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 })), (numbers) => {
      expect(expand(toRanges(numbers))).toEqual([...numbers].sort((a, b) => a - b))
    }),
  )
})
