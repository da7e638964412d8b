import Box from '@cloudscape-design/components/box'
import type { JobView } from '#core/api/answers.ts'
import { wordOf } from '../../job/state-label.tsx'
import { span, useNow } from '../../job/time.tsx'
import { useEvents } from './events.ts'
import type { Steps } from './steps.ts'
import { type Bar, type Row, type Timeline, timelineOf } from './timeline.ts'

const TICKS = [0, 0.25, 0.5, 0.75, 1]

export function TimelineTab({ job, steps }: { job: JobView; steps: Steps }) {
  const now = useNow()
  const events = useEvents(job).data?.items ?? []
  const timeline = timelineOf(job, { steps: steps.steps, events, now })
  if (timeline.rows.length === 0) return <Box variant="p">No step has begun.</Box>
  const { from, to, abortAt, rows } = timeline
  return (
    <div className="timeline">
      {rows.map((row) => (
        <TimelineRow key={row.name} row={row} timeline={timeline} />
      ))}
      <div className="timeline-row" aria-hidden="true">
        <span />
        <span className="timeline-axis">
          {TICKS.map((tick) => (
            <span key={tick} style={{ insetInlineStart: `${tick * 100}%` }}>
              {span((to - from) * tick)}
            </span>
          ))}
        </span>
      </div>
      {abortAt !== null && (
        <Box color="text-status-warning" fontSize="body-s">
          ┆ The abort was requested {span(abortAt - from)} after the start. Striped: clean-up.
        </Box>
      )}
    </div>
  )
}

const percent = (at: number, { from, to }: Timeline): number => (100 * (at - from)) / (to - from)

function TimelineRow({ row: { name, items, bars }, timeline }: { row: Row; timeline: Timeline }) {
  return (
    <div className="timeline-row">
      <span className="timeline-name">{items > 1 ? `${name} (${items})` : name}</span>
      <span className="timeline-track">
        {bars.map((bar) => (
          <TimelineBar key={bar.kind} bar={bar} timeline={timeline} />
        ))}
        {timeline.abortAt !== null && (
          <span
            className="timeline-abort"
            style={{ insetInlineStart: `${percent(timeline.abortAt, timeline)}%` }}
          />
        )}
      </span>
    </div>
  )
}

function TimelineBar({ bar, timeline }: { bar: Bar; timeline: Timeline }) {
  const { kind, from, to, state, isOpen } = bar
  const start = percent(from, timeline)
  const what = kind === 'work' ? wordOf(state) : 'Clean-up'
  const text = `${what}, ${span(to - from)}${isOpen ? ' so far' : ''}, from ${span(from - timeline.from)} on`
  return (
    <span
      className={`timeline-bar timeline-${kind}`}
      data-state={state}
      title={text}
      style={{ insetInlineStart: `${start}%`, width: `${Math.max(0.4, percent(to, timeline) - start)}%` }}
    >
      <span className="for-readers">{text}</span>
    </span>
  )
}
