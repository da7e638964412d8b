import Box from '@cloudscape-design/components/box'
import Icon, { type IconProps } from '@cloudscape-design/components/icon'
import Spinner from '@cloudscape-design/components/spinner'
import type { AbortPlan } from '#core/api/answers.ts'
import { type PlanLine, planLines } from './plan-lines.ts'

const ICONS: Record<PlanLine['first'], IconProps.Name> = {
  stop_now: 'stop-circle',
  stop_at_checkpoint: 'pause',
  stop_at_boundary: 'angle-right-double',
  cannot_stop: 'lock-private',
  clean_up: 'remove',
  revert: 'undo',
  stays: 'check',
  never_starts: 'status-not-started',
}

/** What an abort would do to each step, as it is now. */
export function PlanView({ plan }: { plan: AbortPlan | undefined }) {
  if (!plan) return <Spinner />
  const lines = planLines(plan)
  return (
    <div aria-live="polite">
      {lines.length === 0 && <Box variant="p">No step has begun, and none will.</Box>}
      <ul className="plan">
        {lines.map(({ key, step, what, first }) => (
          <li key={key}>
            <Icon name={ICONS[first]} /> <span className="plan-step">{step}</span> {what}
          </li>
        ))}
      </ul>
      {plan.cannot_be_undone.length > 0 && (
        <Box variant="p" color="text-status-warning">
          <Icon name="status-warning" /> Stays for good: {plan.cannot_be_undone.join('; ')}
        </Box>
      )}
      {plan.not_taken.map(({ option, reason }) => (
        <Box key={option} variant="p" color="text-status-warning">
          <Icon name="status-warning" /> {option === 'rollback' ? 'No rollback' : 'No deadline'}: {reason}
        </Box>
      ))}
    </div>
  )
}
