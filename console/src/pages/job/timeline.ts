import type { JobView, StepView } from '#core/api/answers.ts'
import type { Notification } from '#core/notifications/schemas.ts'

export type Bar = {
  kind: 'work' | 'clean-up'
  from: number
  to: number
  state: StepView['state']
  isOpen: boolean
}
export type Row = { name: string; items: number; bars: Bar[] }
export type Timeline = { from: number; to: number; abortAt: number | null; rows: Row[] }

/** `now`: milliseconds, by this machine's clock. */
export type Seen = { steps: readonly StepView[]; events: readonly Notification[]; now: number }

/** What ran when: one row for each step, with a bar for its work and one for what cleaned it up. */
export function timelineOf(job: JobView, { steps, events, now }: Seen): Timeline {
  const cleanUps = cleanUpsOf(events, now)
  const byName = Map.groupBy(
    steps.filter(({ started_at }) => started_at !== null),
    ({ name }) => name,
  )
  const rows = [...byName].map(([name, group]): Row => {
    const cleanUp = cleanUps.get(name)
    const work = workOf(group, { cleanUp, now })
    return { name, items: group.length, bars: cleanUp ? [work, cleanUp] : [work] }
  })
  const from = Date.parse(job.created_at)
  const ends = rows.flatMap(({ bars }) => bars.map(({ to }) => to))
  const to = Math.max(job.ended_at ? Date.parse(job.ended_at) : now, from + 1_000, ...ends)
  const abortAt = job.abort_request ? Date.parse(job.abort_request.requested_at) : null
  return { from, to, abortAt, rows }
}

type Known = { cleanUp: Bar | undefined; now: number }

function workOf(group: readonly StepView[], { cleanUp, now }: Known): Bar {
  const from = Math.min(...group.map(({ started_at }) => Date.parse(started_at ?? '')))
  const isOpen = group.some(({ ended_at }) => ended_at === null)
  const ended = Math.max(...group.map(({ ended_at }) => (ended_at ? Date.parse(ended_at) : now)))
  const failed = group.find(({ state }) => state === 'FAILED')
  const state = failed?.state ?? group.at(-1)?.state ?? 'ONGOING'
  const to = cleanUp && group.length === 1 ? Math.min(ended, cleanUp.from) : ended
  return { kind: 'work', from, to: Math.max(from, to), state, isOpen }
}

/** By step: from the first word that one is cancelled to the last that it is. */
function cleanUpsOf(events: readonly Notification[], now: number): Map<string, Bar> {
  const bars = new Map<string, Bar>()
  for (const { event_type, timestamp, payload } of events) {
    const { step, state } = payload.data
    // A step that never ran is cancelled without a clean-up.
    if (!step?.started_at || !event_type.startsWith('step.cancel.')) continue
    const at = Date.parse(timestamp)
    const isOpen = event_type === 'step.cancel.start'
    const known = bars.get(step.name)
    const from = known ? Math.min(known.from, at) : at
    bars.set(step.name, {
      kind: 'clean-up',
      from,
      to: isOpen ? Math.max(known?.to ?? 0, now) : at,
      state,
      isOpen,
    })
  }
  return bars
}
