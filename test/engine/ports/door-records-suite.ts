import { describe, expect, test } from 'vitest'
import { allRecords, type DoorRecords } from '#engine/door-records.ts'
import type { Fate } from './table-ports.ts'

const at = (set: string, id: string) => ({ set, id })

/** What every implementation of the port promises; the writes meet these fates, one after the other. */
export function doorRecordsSuite(
  name: string,
  open: (...fates: Fate[]) => { doorRecords: DoorRecords },
): void {
  describe(`${name}: records of doors`, () => {
    test('a record is created once, changed by its version only, and comes back as it was', async () => {
      const { doorRecords: records } = open()
      const key = at('things/a', '1')
      const value = { text: '\ud800 "世"\n', number: 2 ** 60, levels: [[[null]]] }
      expect(await records.get(key)).toBeUndefined()
      expect(await records.write([{ ...key, from: null, to: value }])).toBe(true)
      expect(await records.write([{ ...key, from: null, to: 'again' }])).toBe(false)
      const first = (await records.get(key))!
      expect(first.value).toEqual(value)
      expect(await records.write([{ ...key, from: first.version, to: { text: 'new' } }])).toBe(true)
      expect(await records.write([{ ...key, from: first.version, to: { text: 'late' } }])).toBe(false)
      expect((await records.get(key))?.value).toEqual({ text: 'new' })
    })

    test('several changes are made together or not at all', async () => {
      const { doorRecords: records } = open()
      await records.write([{ ...at('together', 'name'), from: null, to: 1 }])
      const changes = ['node', 'name'].map((id) => ({ ...at('together', id), from: null, to: 2 }))
      expect(await records.write(changes)).toBe(false)
      expect(await records.get(at('together', 'node'))).toBeUndefined()
      expect((await records.get(at('together', 'name')))?.value).toBe(1)
    })

    test('a write whose reply was lost, or that never arrived, is answered as made, and made once', async () => {
      const { doorRecords: records } = open('lost-after', 'lost-before')
      const key = at('lost', '1')
      expect(await records.write([{ ...key, from: null, to: 1 }])).toBe(true)
      const { version } = (await records.get(key))!
      expect(await records.write([{ ...key, from: version, to: 2 }])).toBe(true)
      expect((await records.get(key))?.value).toBe(2)
    })

    test('a single change is made by its version only, and lost replies change nothing of that', async () => {
      const { doorRecords: records } = open('through', 'lost-after', 'lost-before', 'lost-after')
      const key = at('single', '1')
      await records.write([{ ...at('single', '0'), from: null, to: 0 }])
      expect(await records.writeOne({ ...key, from: null, to: 1 })).toBe(true)
      const { version } = (await records.get(key))!
      expect(await records.writeOne({ ...key, from: version, to: 2 })).toBe(true)
      expect(await records.writeOne({ ...key, from: version, to: 'late' })).toBe(false)
      expect(await records.writeOne({ ...key, from: null, to: 'again' })).toBe(false)
      expect((await records.get(key))?.value).toBe(2)
      expect(await records.write([{ ...key, from: version + 1, to: 3 }])).toBe(true)
      expect(await records.writeOne({ ...key, from: version + 2, to: null })).toBe(true)
      expect(await records.get(key)).toBeUndefined()
    })

    test('one that ended is not there, and a writer that knew it does not bring it back', async () => {
      const { doorRecords: records } = open()
      const key = at('ended', '1')
      await records.write([{ ...key, from: null, to: 1 }])
      const { version } = (await records.get(key))!
      expect(await records.write([{ ...key, from: version, to: null }])).toBe(true)
      expect(await records.get(key)).toBeUndefined()
      expect(await records.write([{ ...key, from: version, to: 'late' }])).toBe(false)
      expect(await records.write([{ ...key, from: version + 1, to: 'late' }])).toBe(false)
      expect(await records.write([{ ...key, from: null, to: 'new' }])).toBe(true)
      expect((await records.get(key))!.version).toBeGreaterThan(version)
    })

    test('a set is paged in the order of its ids, without those of other sets', async () => {
      const { doorRecords: records } = open()
      const ids = ['c', 'a', 'b', 'd']
      for (const id of ids) await records.write([{ ...at('paged', id), from: null, to: id }])
      await records.write([{ ...at('paged/other', 'x'), from: null, to: 'x' }])
      const first = await records.page<string>('paged', { limit: 3 })
      expect(first.items.map(({ value }) => value)).toEqual(['a', 'b', 'c'])
      const rest = await records.page<string>('paged', { limit: 3, after: first.next! })
      expect(rest.items.map(({ value }) => value)).toEqual(['d'])
      expect(rest.next).toBeNull()
      expect((await allRecords(records, 'paged')).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
    })

    test('of many that change one record at once one does', async () => {
      const { doorRecords: records } = open()
      const key = at('raced', '1')
      await records.write([{ ...key, from: null, to: 'old' }])
      const { version } = (await records.get(key))!
      const made = await Promise.all(
        ['a', 'b', 'c', 'd'].map((to) => records.write([{ ...key, from: version, to }])),
      )
      expect(made.filter(Boolean)).toHaveLength(1)
    })
  })
}
