import { describe, expect, test } from 'vitest'
import type { JsonText } from '#core/value.ts'
import type { Values } from '#engine/ports.ts'
import { inline, textOf } from '#test/core/samples.ts'
import type { Fate } from './table-ports.ts'

const text = (value: unknown): JsonText => textOf(inline(value))

/** What every implementation of the port of values promises; the writes meet these fates, one after the other. */
export function valuesSuite(name: string, open: (...fates: Fate[]) => { values: Values }): void {
  describe(`${name}: values`, () => {
    test.each<[string, string]>([
      ['half a character', '"\\ud800"'],
      ['12345678901234567890', '12345678901234567890'],
      ['33 levels', '['.repeat(33) + ']'.repeat(33)],
      ['an empty name and an empty text', '{"":""}'],
      ['256 KB', JSON.stringify('世'.repeat(87_380))],
    ])('%s comes back as it was', async (what, json) => {
      const { values } = open()
      const ref = await values.put(`values ${what}`, { place: 'a', write: 1, text: json as JsonText })
      expect(ref.bytes).toBe(Buffer.byteLength(json))
      expect(await values.get(`values ${what}`, ref)).toBe(json)
    })

    test('a write whose reply was lost, or that never arrived, is made once and is the one that it was', async () => {
      const { values } = open('lost-after', 'lost-before')
      const first = await values.put('values-1', { place: 'a', write: 1, text: text(1) })
      expect(await values.get('values-1', first)).toBe('1')
      const second = await values.put('values-1', { place: 'a', write: 2, text: text(2) })
      expect(await values.get('values-1', second)).toBe('2')
    })

    test('a delayed write never replaces a later one at its place', async () => {
      const { values } = open()
      const later = await values.put('values-2', { place: 'a', write: 2, text: text('later') })
      await values.put('values-2', { place: 'a', write: 1, text: text('delayed') })
      expect(await values.get('values-2', later)).toBe('"later"')
    })

    test('what is gone, or is another than the one referred to, is never taken for it', async () => {
      const { values } = open()
      const ref = await values.put('values-3', { place: 'a', write: 1, text: text(1) })
      await values.put('values-3', { place: 'a', write: 2, text: text(2) })
      await expect(values.get('values-3', ref)).rejects.toThrow('is another')
      await expect(values.get('values-3', { ...ref, place: 'b' })).rejects.toThrow('is gone')
      await expect(values.get('values-4', ref)).rejects.toThrow('is gone')
    })
  })
}
