import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { State } from '#core/states.ts'

type Look = { type: StatusIndicatorProps.Type; word: string; color?: StatusIndicatorProps.Color }

const LOOKS: Record<State | 'RECOMMENDED', Look> = {
  RECOMMENDED: { type: 'info', word: 'Recommended' },
  PENDING: { type: 'pending', word: 'Pending' },
  ONGOING: { type: 'in-progress', word: 'Ongoing', color: 'blue' },
  CANCELLING: { type: 'loading', word: 'Cancelling', color: 'yellow' },
  CANCELLED: { type: 'stopped', word: 'Cancelled' },
  SUCCEEDED: { type: 'success', word: 'Succeeded' },
  FAILED: { type: 'error', word: 'Failed' },
}

export const wordOf = (state: State): string => LOOKS[state].word

/** A state is always an icon and a word: no colour says anything alone. */
export function StateLabel({ state }: { state: State | 'RECOMMENDED' }) {
  const { type, word, color } = LOOKS[state]
  return (
    <StatusIndicator type={type} {...(color && { colorOverride: color })}>
      {word}
    </StatusIndicator>
  )
}
