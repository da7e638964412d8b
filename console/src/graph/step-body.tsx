import Link from '@cloudscape-design/components/link'
import { STATES } from '#core/states.ts'
import { amount, count, counted, percentOf } from '../job/amount.ts'
import { StateLabel, wordOf } from '../job/state-label.tsx'
import { Ago } from '../job/time.tsx'
import type { NodeData } from './state-node.tsx'
import type { Summary } from './summary.ts'

/** What became of a step, or of the items of a Map. */
export function StepBody({ kind, summary, note, onOpen, isPartial }: NodeData) {
  if (!summary) return <div className="state-body state-quiet">{note}</div>
  return (
    <div className="state-body">
      {kind === 'map' && summary.isMapped ? (
        <Items {...{ summary, onOpen, isPartial }} />
      ) : (
        <>
          <StateLabel state={summary.state} />
          <Detail summary={summary} />
        </>
      )}
    </div>
  )
}

function Detail({ summary: { latest } }: { summary: Summary }) {
  const { progress, checkpoint_at, state, attempt } = latest
  const percent = progress && percentOf(progress)
  const retried = attempt > 1 ? `attempt ${attempt}` : null
  if (state !== 'ONGOING' && state !== 'CANCELLING')
    return retried && <div className="state-quiet">{retried}</div>
  return (
    <>
      {percent !== null && <Bar percent={percent} />}
      <div className="state-quiet">
        {progress && amount(progress)}
        {progress && checkpoint_at && ', '}
        {checkpoint_at && (
          <>
            checkpoint <Ago time={checkpoint_at} />
          </>
        )}
        {!progress && !checkpoint_at && (retried ?? 'at work')}
      </div>
    </>
  )
}

type ItemProps = Pick<NodeData, 'onOpen' | 'isPartial'> & { summary: Summary }

function Items({ summary: { counts, items }, onOpen, isPartial }: ItemProps) {
  const shown = STATES.filter((state) => counts[state] > 0)
  const ended = counts.SUCCEEDED + counts.FAILED + counts.CANCELLED
  const label = isPartial ? `${count(items)}+ items` : counted(items, 'item')
  return (
    <>
      {onOpen ? (
        <Link
          fontSize="body-s"
          onFollow={(event) => {
            event.preventDefault()
            onOpen()
          }}
        >
          {label}
        </Link>
      ) : (
        label
      )}
      <Bar percent={Math.floor((100 * ended) / items)} />
      <div className="state-quiet">
        {shown.map((state) => `${count(counts[state])} ${wordOf(state).toLowerCase()}`).join(', ')}
      </div>
    </>
  )
}

const Bar = ({ percent }: { percent: number }) => (
  <div className="state-bar" aria-hidden="true">
    <div style={{ width: `${percent}%` }} />
  </div>
)
