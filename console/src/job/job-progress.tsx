import Box from '@cloudscape-design/components/box'
import ProgressBar from '@cloudscape-design/components/progress-bar'
import type { ProgressView } from '#core/api/parts.ts'
import { percentOf, progressText } from './amount.ts'

/** How far something is; a bar only where a total is known. */
export function JobProgress({ progress, label }: { progress: ProgressView | null; label: string }) {
  if (!progress) return <Box color="text-status-inactive">–</Box>
  const percent = percentOf(progress)
  if (percent === null) return <Box>{progressText(progress)}</Box>
  return <ProgressBar value={percent} ariaLabel={label} additionalInfo={progressText(progress)} />
}
