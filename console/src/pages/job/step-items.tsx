import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import type { StepView } from '#core/api/answers.ts'
import { stepLabel } from '#core/step/step.ts'
import { count, progressText } from '../../job/amount.ts'
import { StateLabel } from '../../job/state-label.tsx'
import { Duration } from '../../job/time.tsx'
import { noteOf } from './note.ts'
import { type Steps, stepKey } from './steps.ts'

type Props = { name: string; steps: Steps; onBack: () => void }

const ROW_HEIGHT = 37
/** So many rows before the last one the next ones are read. */
const AHEAD = 40

/** The items of a Map: as many rows are drawn as are seen, and read as are scrolled to. */
export function StepItems({ name, steps, onBack }: Props) {
  const items = useMemo(() => steps.steps.filter((step) => step.name === name), [steps.steps, name])
  const frame = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const shown = rows.getVirtualItems()
  const isNearEnd = (shown.at(-1)?.index ?? 0) >= items.length - AHEAD
  const { isPartial, more } = steps
  useEffect(() => {
    if (isNearEnd && isPartial) more()
  }, [isNearEnd, isPartial, more])
  return (
    <SpaceBetween size="s">
      <Header
        variant="h3"
        counter={`(${count(items.length)}${isPartial ? '+' : ''})`}
        actions={<Button onClick={onBack}>All steps</Button>}
      >
        {name}
      </Header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section ref={frame} className="items" tabIndex={0} aria-label={`Items of ${name}`}>
        <ul style={{ height: rows.getTotalSize() }}>
          {shown.map(({ index, key, start }) => {
            const step = items[index]
            return step && <Item key={key} step={step} start={start} place={[index + 1, items.length]} />
          })}
        </ul>
      </section>
      {items.length === 0 && <Box variant="p">No item has begun.</Box>}
    </SpaceBetween>
  )
}

type ItemProps = { step: StepView; start: number; place: [number, number] }

const Item = ({ step, start, place: [at, size] }: ItemProps) => (
  <li
    style={{ transform: `translateY(${start}px)`, height: ROW_HEIGHT }}
    aria-posinset={at}
    aria-setsize={size}
    data-key={stepKey(step)}
  >
    <span className="id">{stepLabel(step)}</span>
    <StateLabel state={step.state} />
    <span>{step.progress && progressText(step.progress)}</span>
    <span>
      <Duration from={step.started_at} to={step.ended_at} />
    </span>
    <span className="item-note">{noteOf(step)}</span>
  </li>
)
