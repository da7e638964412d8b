import type { Job } from '../job/job.ts'
import { type Measure, type Step, stepSortKey } from '../step/step.ts'
import { progressView } from './part-views.ts'
import type { MeasureView, ProgressView } from './parts.ts'

/** What a Map's progress counts until all its items have said how much they are. */
const ITEMS = 'items'

/**
 * The progress of the furthest step that reports one; a Map's children add up. How much the items are that have not
 * begun nobody knows, unless one that has begun says it of all: until then the items themselves are counted, or, where
 * their number is not known, there is no total.
 */
export function currentProgress(job: Job, steps: Step[]): ProgressView | null {
  const last = steps.findLast((step) => step.progress !== null)
  if (!last?.progress) return null
  if (last.index === null) return progressView(last.progress)
  const children = lastVisits(steps.filter((step) => step.name === last.name))
  const items = itemsOf(children.map(placeOf))
  const isWhole = items === children.length || isOver(job, last, steps)
  const measure = added(
    children.map(({ progress }) => progress),
    last.progress,
    isWhole,
  )
  const also =
    last.progress.also &&
    added(
      children.map(({ progress }) => progress?.also),
      last.progress.also,
      isWhole,
    )
  const known = measure.total === null && items !== null ? inItems(children, items) : measure
  return { ...known, ...(also && { also }) }
}

/**
 * The same of a job that has too many steps to read them all, by the first and the latest of them. Null where some of the
 * step under way lie between the two.
 */
export function progressOfLatest(job: Job, first: Step[], latest: Step[]): ProgressView | null {
  const [earliest] = latest
  const last = latest.findLast((step) => step.progress !== null)
  if (!earliest || !last) return null
  const before = first.findIndex((step) => stepSortKey(step) === stepSortKey(earliest))
  if (before >= 0) return currentProgress(job, [...first.slice(0, before), ...latest])
  return earliest.order < last.order ? currentProgress(job, latest) : null
}

/** Of a child in a loop, its last visit: each visit has a time of its own, so that no two children share one. */
function lastVisits(steps: Step[]): Step[] {
  const last = new Map<string, Step>()
  for (const step of steps) {
    const index = String(step.index)
    if ((last.get(index)?.visit ?? '') <= (step.visit ?? '')) last.set(index, step)
  }
  return [...last.values()]
}

const sum = (numbers: number[]): number => numbers.reduce((so, number) => so + number, 0)

type Told = Measure | null | undefined

/** What is told of all items together counts from the first item on; their own totals only once all have told them. */
function added(told: Told[], { unit }: Measure, isWhole: boolean): MeasureView {
  const done = sum(told.map((measure) => measure?.done ?? 0))
  const all = told.find((measure) => measure?.map_total !== undefined)?.map_total
  const totals = told.map((measure) => measure?.total ?? null)
  const own = isWhole && totals.every((total) => total !== null) ? sum(totals) : null
  return { done, total: all ?? own, unit }
}

const inItems = (children: Step[], total: number): MeasureView => ({
  done: children.filter(({ state }) => state === 'SUCCEEDED').length,
  total,
  unit: ITEMS,
})

/** Also of a Map whose definition does not tell how many items it has: the job ended well, or a later step has begun. */
const isOver = (job: Job, last: Step, steps: Step[]): boolean =>
  job.state === 'SUCCEEDED' || steps.some((step) => step.order > last.order)

/** Index and number of items, from the outermost Map inwards. */
type Place = { index: string; count: string | undefined }[]

const partsOf = (text: number | string | null): string[] => (text === null ? [] : String(text).split('.'))

function placeOf({ index, item_count }: Step): Place {
  const counts = partsOf(item_count)
  return partsOf(index).map((one, i) => ({ index: one, count: counts[i] }))
}

/** How many items a Map, and the Maps in it, have; null as long as an inner one of them has not begun. */
function itemsOf(places: Place[]): number | null {
  const count = Number(places[0]?.[0]?.count ?? Number.NaN)
  if (Number.isNaN(count)) return null
  if (places[0]!.length === 1) return count
  const inner = Map.groupBy(places, ([first]) => first?.index)
  if (inner.size < count) return null
  const counts = [...inner.values()].map((own) => itemsOf(own.map((place) => place.slice(1))))
  return counts.every((one) => one !== null) ? sum(counts) : null
}
