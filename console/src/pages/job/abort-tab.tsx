import Box from '@cloudscape-design/components/box'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { outcomeOf } from '#core/abort/outcome.ts'
import type { JobView } from '#core/api/answers.ts'
import type { AbortRequestView } from '#core/api/parts.ts'
import { whoOf } from '../../job/names.tsx'
import { TimeOf } from '../../job/time.tsx'
import { RepeatCleanUp } from './repeat-clean-up.tsx'
import type { Steps } from './steps.ts'

const MODES = { graceful: 'Graceful', force: 'Force' } as const

/** Who stopped the job, and what became of what it had done. */
export function AbortTab({ job, steps }: { job: JobView; steps: Steps }) {
  const { abort_request } = job
  const { undone, notUndone, leftBehind } = outcomeOf(job, steps.steps)
  return (
    <SpaceBetween size="l">
      {abort_request && <Request request={abort_request} />}
      <ColumnLayout columns={3} minColumnWidth={220}>
        <Lines title="Cleaned up or undone" lines={undone} none="No hook has run." />
        <Lines title="Not undone" lines={notUndone} none="Nothing." />
        <Lines
          title="Left behind"
          lines={leftBehind}
          none="Nothing."
          action={leftBehind.length > 0 && <RepeatCleanUp job={job} />}
        />
      </ColumnLayout>
    </SpaceBetween>
  )
}

function Request({ request }: { request: AbortRequestView }) {
  const { mode, reason, requested_by, requested_at, force_at, rollback, escalations } = request
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Mode', value: MODES[mode] },
          { label: 'Requested by', value: whoOf(requested_by) },
          { label: 'Requested', value: <TimeOf time={requested_at} /> },
          { label: 'Reason', value: reason ?? 'None was given' },
          { label: 'By force from', value: <TimeOf time={force_at} /> },
          { label: 'Rollback', value: rollback ? 'Yes' : 'No' },
        ]}
      />
      {escalations.map((escalation) => (
        <Box key={escalation.requested_at} variant="p">
          <TimeOf time={escalation.requested_at} />: {MODES[escalation.mode].toLowerCase()}
          {escalation.rollback && ', with rollback'}, by {whoOf(escalation.requested_by)}
          {escalation.reason && `: ${escalation.reason}`}
        </Box>
      ))}
    </SpaceBetween>
  )
}

const MOST = 50

type LinesProps = { title: string; lines: readonly string[]; none: string; action?: React.ReactNode }

const Lines = ({ title, lines, none, action }: LinesProps) => (
  <SpaceBetween size="xxs">
    <Header variant="h3" counter={lines.length > 0 ? `(${lines.length})` : ''} actions={action}>
      {title}
    </Header>
    {lines.length === 0 && <Box color="text-body-secondary">{none}</Box>}
    {lines.slice(0, MOST).map((line) => (
      <div key={line}>{line}</div>
    ))}
    {lines.length > MOST && <div>and {lines.length - MOST} more</div>}
  </SpaceBetween>
)
