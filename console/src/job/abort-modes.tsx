import Box from '@cloudscape-design/components/box'
import Popover from '@cloudscape-design/components/popover'
import type { ListedJob } from '#core/api/answers.ts'

type Modes = ListedJob['supported_abort_modes']
const WORDS = { graceful: 'Gracefully', force: 'By force' } as const

/** In which ways a job can be aborted now; why not in the others. */
export function AbortModes({ modes }: { modes: Modes }) {
  const able = modes.filter(({ supported }) => supported)
  const words = able.map(({ mode }, i) => (i === 0 ? WORDS[mode] : WORDS[mode].toLowerCase())).join(', ')
  const reasons = modes.filter(({ reason }) => reason !== null)
  if (able.length === 0) return <Box color="text-status-inactive">–</Box>
  if (reasons.length === 0) return <>{words}</>
  return (
    <Popover
      header="Abort modes"
      content={reasons.map(({ mode, reason }) => (
        <Box key={mode} variant="p">
          <b>{WORDS[mode]}:</b> {reason}
        </Box>
      ))}
    >
      {words}
    </Popover>
  )
}
