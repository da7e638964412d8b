import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as core from '#core/clean-up/history.ts'
import {
  batchLimits,
  EVENTS_A_RETRY,
  EVENTS_AN_ITEM,
  EVENTS_AROUND,
  EVENTS_FOR_BATCHES,
  eventsOf,
  HISTORY_EVENTS,
  mapsOf,
} from '#functions/steps/object-migration/batch/limits.ts'
import { closeBatch, nothingListed, openBatch } from '#functions/steps/object-migration/list/close-batch.ts'
import type { Migration } from '#functions/steps/object-migration/store/migration.ts'
import { MIB } from './stores.ts'

const GIB = 1024 * MIB
const signal = new AbortController().signal

/** A migration that keeps nothing. */
const migration = (remainSource: boolean) =>
  ({ folder: { write: async () => undefined }, options: { remainSource } }) as unknown as Migration

/** Lists objects of one size until no more fit, batch by batch. */
async function fill(remainSource: boolean, size: number) {
  let closed = nothingListed()
  for (;;) {
    const limits = batchLimits(closed.batches)
    const count = Math.max(1, Math.min(limits.objects, Math.floor(limits.bytes / Math.max(size, 1))))
    const listed = { key: 'k', size, etag: 'e', last_modified: '' }
    const open = { ...openBatch(closed), objects: Array(count).fill(listed), bytes: count * size }
    try {
      closed = await closeBatch(migration(remainSource), { closed, open }, signal)
    } catch (error) {
      return { closed, error: error as Error }
    }
  }
}

test('the figures of a history are those of the core', () => {
  const { HISTORY_EVENTS: events, EVENTS_A_RETRY: retry, EVENTS_AN_ITEM: item } = core
  expect([HISTORY_EVENTS, EVENTS_A_RETRY, EVENTS_AN_ITEM]).toEqual([events, retry, item])
})

describe.each([
  ['a copy', true],
  ['a move', false],
])('%s', (_, remainSource) => {
  test('of more objects than surely fit a history is refused, with the figure', async () => {
    const { closed, error } = await fill(remainSource, 1)
    expect(error).toMatchObject({ name: 'MigrationInputError' })
    expect(error.message).toContain(`the first ${closed.objects} of them (${closed.bytes} bytes)`)
    expect(closed.objects).toBeGreaterThan(15e6)
    expect(closed.events + EVENTS_AROUND).toBeLessThanOrEqual(HISTORY_EVENTS - 6_000)
  })

  test('of many bytes is refused before their retries fill the history', async () => {
    const { closed } = await fill(remainSource, 5 * GIB)
    expect(closed.bytes).toBeGreaterThan(20 * 1024 * GIB)
    expect(closed.events).toBeLessThanOrEqual(EVENTS_FOR_BATCHES)
  })

  test('of one object of 5 TiB fits', () => {
    expect(eventsOf({ objects: 1, bytes: 5 * 1024 * GIB }, mapsOf(remainSource))).toBeLessThan(
      EVENTS_FOR_BATCHES,
    )
  })
})

test('batches never shrink, so that few objects are spread over many children and many still fit', () => {
  expect(batchLimits(7)).toEqual({ objects: 100, bytes: 256 * MIB })
  expect(batchLimits(8)).toEqual({ objects: 200, bytes: 512 * MIB })
  fc.assert(
    fc.property(fc.nat(500), (batch) => {
      expect(batchLimits(batch + 1).objects).toBeGreaterThanOrEqual(batchLimits(batch).objects)
      expect(batchLimits(batch).objects).toBeLessThanOrEqual(100_000)
    }),
  )
})
