import { expect, test } from 'vitest'
import type { JsonValue } from '#core/value.ts'
import { MemoryValues } from '#engine/memory/values.ts'
import { ValuePlaces } from '#engine/values/places.ts'
import { inline, textOf } from '#test/core/samples.ts'

const writer = { job_execution_id: 'j', owner: 'a' }
const text = (value: unknown) => textOf(inline(value))

/** What becomes of a write of the record, as its writer and the record itself see it. */
const FATES = ['written', 'lost before', 'lost after', 'not sent'] as const

/** Every order of fates, so long. */
function* orders(length: number): Generator<(typeof FATES)[number][]> {
  if (length === 0) yield []
  else for (const rest of orders(length - 1)) for (const fate of FATES) yield [fate, ...rest]
}

test('whatever becomes of the writes, the record never refers to a value that was overwritten', async () => {
  for (const fates of orders(5)) {
    const values = new MemoryValues()
    const places = new ValuePlaces(values, writer)
    let record: JsonValue | null = null
    let says = 'nothing'
    let waiting: JsonValue | undefined
    for (const [i, fate] of fates.entries()) {
      waiting = await places.put(text(`${i}`), waiting)
      if (fate !== 'not sent') {
        places.sending(waiting)
        if (fate !== 'lost before') [record, says] = [waiting, `"${i}"`]
        if (fate === 'written') places.confirmed(record)
        waiting = undefined
      }
      if (record && 'place' in record) expect(await values.get('j', record), fates.join()).toBe(says)
    }
  }
})

test('of a writer whose writes all go through two places are used in turn', async () => {
  const values = new MemoryValues()
  const places = new ValuePlaces(values, writer)
  for (let i = 0; i < 50; i += 1) {
    const value = await places.put(text(i))
    places.sending(value)
    places.confirmed(value)
  }
  expect([...values.all.keys()]).toEqual(['j\na#0', 'j\na#1'])
})

test('a value that waits to be sent is not overwritten by the one that is put meanwhile', async () => {
  const values = new MemoryValues()
  const places = new ValuePlaces(values, writer)
  const waiting = await places.put(text('first'))
  const next = places.put(text('second'), waiting)
  // The record is written with the first one while the second is on its way.
  places.sending(waiting)
  await next
  if ('place' in waiting) expect(await values.get('j', waiting)).toBe('"first"')
})
