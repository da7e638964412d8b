import { describe, expect, test } from 'vitest'
import { currentProgress, progressOfLatest } from '#core/api/progress.ts'
import type { Step } from '#core/step/step.ts'
import { JOBS, stepIn } from '../samples.ts'

const objects = (done: number, total: number | null) => ({ done, total, unit: 'objects' })
const items = (done: number, total: number) => ({ done, total, unit: 'items' })
const list = stepIn('SUCCEEDED', { name: 'list', order: 1, progress: objects(9, 9) })
const next = stepIn('ONGOING', { name: 'verify', order: 3 })

const of = (steps: Step[], state = 'ONGOING') => currentProgress(JOBS[state]!, steps)
type Child = { index: Step['index']; of?: Step['item_count']; more?: Partial<Step> }
const child = ({ index, of: item_count = null, more }: Child): Step =>
  stepIn('ONGOING', { index, item_count, progress: objects(1, 4), ...more })

test('the progress is that of the furthest step that reports one', () => {
  expect(of([list])).toEqual(objects(9, 9))
  expect(of([list, stepIn('ONGOING', { progress: objects(1, 4) }), next])).toEqual(objects(1, 4))
  expect(of([])).toBeNull()
})

test('of a Map whose items have all said how much they are, it is theirs, added up', () => {
  const children = [0, 1, 2].map((index) => child({ index, of: 3 }))
  expect(of([list, ...children])).toEqual(objects(3, 12))
})

test('as long as items have not begun, or not said how much they are, the items are counted, all of them', () => {
  const done = child({ index: 0, of: 40, more: { state: 'SUCCEEDED', progress: objects(4, 4) } })
  expect(of([list, done, child({ index: 1, of: 40 })])).toEqual(items(1, 40))
  const silent = child({ index: 1, of: 2, more: { progress: null } })
  expect(of([{ ...done, item_count: 2 }, silent])).toEqual(items(1, 2))
  const vague = child({ index: 1, of: 2, more: { progress: objects(2, null) } })
  expect(of([{ ...done, item_count: 2 }, vague])).toEqual(items(1, 2))
})

test('of a Map whose definition does not tell its items there is no total before it is over', () => {
  const children = [0, 1].map((index) => child({ index }))
  expect(of(children)).toEqual(objects(2, null))
  expect(of([...children, next])).toEqual(objects(2, 8))
  expect(of(children, 'SUCCEEDED')).toEqual(objects(2, 8))
  const vague = child({ index: 1, more: { progress: objects(2, null) } })
  expect(of([children[0]!, vague, next])).toEqual(objects(3, null))
})

test('a Map in a Map has a total once each of the inner ones has begun', () => {
  const first = [child({ index: '0.0', of: '2.2' }), child({ index: '0.1', of: '2.2' })]
  expect(of(first)).toEqual(objects(2, null))
  const second = child({ index: '1.0', of: '2.3' })
  expect(of([...first, second])).toEqual(items(0, 5))
  const rest = ['1.1', '1.2'].map((index) => child({ index, of: '2.3' }))
  expect(of([...first, second, ...rest])).toEqual(objects(5, 20))
})

test('in a loop it is that of the visit under way', () => {
  const visit = (at: string, index: number) => child({ index, of: 1, more: { visit: at } })
  expect(of([visit('2026-01-31T09:00:00.000Z', 0), visit('2026-01-31T09:05:00.000Z', 0)])).toEqual(
    objects(1, 4),
  )
})

test('of children in loops of their own it adds up the last visit of each', () => {
  const visit = (at: string, index: number) => child({ index, of: 2, more: { visit: at } })
  const [first, again, other] = [
    visit('2026-01-31T09:00:00.000Z', 0),
    visit('2026-01-31T09:05:00.000Z', 0),
    visit('2026-01-31T09:10:00.000Z', 1),
  ]
  const both = of([again, other])
  expect(of([first, again, other])).toEqual(both)
  expect(both?.done).toBe((again.progress?.done ?? 0) + (other.progress?.done ?? 0))
})

const both = (done: number, map_total?: number) => ({
  ...{ done: done * 10, total: 40, unit: 'bytes', ...(map_total && { map_total: map_total * 10 }) },
  also: { ...objects(done, 4), ...(map_total && { map_total }) },
})

test('a second measure is shown and added up as the first', () => {
  expect(of([stepIn('ONGOING', { progress: both(1) })])).toEqual(both(1))
  const two = [0, 1].map((index) => child({ index, of: 2, more: { progress: both(2) } }))
  expect(of(two)).toEqual({ done: 40, total: 80, unit: 'bytes', also: objects(4, 8) })
})

test('what a child tells of all items is the total from the first one on', () => {
  const first = child({ index: 0, of: 40, more: { progress: both(1, 900) } })
  const silent = child({ index: 1, of: 40, more: { progress: null } })
  expect(of([list, first])).toEqual({ done: 10, total: 9000, unit: 'bytes', also: objects(1, 900) })
  expect(of([list, first, silent])).toMatchObject({ done: 10, total: 9000, also: { done: 1, total: 900 } })
})

test('where only items can be counted, the second measure is without a total', () => {
  const first = child({ index: 0, of: 40, more: { progress: both(1) } })
  expect(of([first])).toEqual({ ...items(0, 40), also: objects(1, null) })
})

describe('of a job with more steps than are read', () => {
  const job = JOBS.ONGOING!
  const own = { map_total: 40 }
  const copies = Array.from({ length: 8 }, (_, index) =>
    stepIn('SUCCEEDED', { index, item_count: 8, progress: { ...objects(5, 5), ...own } }),
  )
  const checks = copies.map((step) => ({ ...step, name: 'verify', order: 3 }))

  test('the last ones tell it where they hold all of the step under way', () => {
    const latest = [copies[7]!, ...checks.slice(0, 3)]
    expect(progressOfLatest(job, [list, ...copies.slice(0, 2)], latest)).toEqual(objects(15, 40))
  })

  test('the first and the last ones tell it together where they meet or overlap', () => {
    expect(progressOfLatest(job, [list, ...copies.slice(0, 5)], copies.slice(3, 7))).toEqual(objects(35, 40))
    expect(progressOfLatest(job, [list, ...copies.slice(0, 4)], copies.slice(3, 7))).toEqual(objects(35, 40))
  })

  test('it is not told where some of the step under way lie between the two', () => {
    expect(progressOfLatest(job, [list, ...copies.slice(0, 2)], copies.slice(4, 7))).toBeNull()
    expect(progressOfLatest(job, [list], [])).toBeNull()
  })
})
