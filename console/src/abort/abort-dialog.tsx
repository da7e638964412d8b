import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { JobView } from '#core/api/answers.ts'
import type { AbortMode } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import { api } from '../api/api.ts'
import { useJob } from '../api/jobs.ts'
import { ProblemAlert } from '../api/problem-alert.tsx'
import { Dialog } from '../app/dialog.tsx'
import { flash } from '../app/flashes.ts'
import { lastOf, ShortId } from '../job/names.tsx'
import { StateLabel } from '../job/state-label.tsx'
import { TimeOf } from '../job/time.tsx'
import { Commands } from './commands.tsx'
import { ConfirmField, DeadlineField, ModeField, ReasonField, RollbackField } from './fields.tsx'
import { type Draft, optionsOf, useDraft } from './options.ts'
import { PlanView } from './plan-view.tsx'

type Props = { id: string; mode?: AbortMode; onClose: () => void; onDone?: (() => void) | undefined }

const PLAN_MS = 2_000
const ACTIONS = { graceful: 'Abort gracefully', force: 'Abort by force' } as const

/** Asks how and why one job is to be aborted, shows what that would do, and does it. */
export function AbortDialog({ id, mode, onClose, onDone }: Props) {
  const { data: job, error } = useJob(id)
  const [draft, change] = useDraft(mode ?? 'graceful')
  const [isTried, tried] = useState(false)
  const current = job ? withPossibleMode(draft, job) : draft
  const abort = useAbort({ id, draft: current, onClose, onDone })
  const hasEnded = job !== undefined && isTerminal(job.state)
  const isConfirmed = current.mode === 'graceful' || current.typed === lastOf(id)
  const submit = (): void => {
    tried(true)
    if (current.reason.trim() !== '' && isConfirmed) abort.mutate()
  }
  return (
    <Dialog
      isLarge
      header={
        <>
          Abort the job <ShortId id={id} />
        </>
      }
      action={
        hasEnded
          ? null
          : {
              text: ACTIONS[current.mode],
              onClick: submit,
              isBusy: abort.isPending,
              isOff: job === undefined || !isConfirmed,
            }
      }
      closeText={hasEnded ? 'Close' : 'Let it run'}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        {hasEnded && <Ended job={job} />}
        {abort.error && !hasEnded && <ProblemAlert error={abort.error} />}
        {error && <ProblemAlert error={error} />}
        {!hasEnded && (
          <Form
            {...{ id, job, change }}
            draft={current}
            isReasonMissing={isTried && !current.reason.trim()}
          />
        )}
      </SpaceBetween>
    </Dialog>
  )
}

/** A mode that the job no longer takes gives way to the one that it does. */
function withPossibleMode(draft: Draft, { supported_abort_modes }: JobView): Draft {
  const isPossible = supported_abort_modes.some(({ mode, supported }) => supported && mode === draft.mode)
  const other = supported_abort_modes.find(({ supported }) => supported)
  return isPossible || !other ? draft : { ...draft, mode: other.mode }
}

type Abort = Props & { draft: Draft }

function useAbort({ id, draft, onClose, onDone }: Abort) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => api.abort(id, optionsOf(draft)),
    onSuccess: () => {
      const header = draft.mode === 'force' ? 'Aborted by force' : 'The abort was accepted'
      flash({ type: 'success', header, content: `Job ${id} is being cancelled.` })
      onDone?.()
      onClose()
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['job', id] })
      void queries.invalidateQueries({ queryKey: ['jobs'] })
    },
  })
}

type FormProps = {
  id: string
  job: JobView | undefined
  draft: Draft
  change: (change: Partial<Draft>) => void
  isReasonMissing: boolean
}

function Form({ id, job, draft, change, isReasonMissing }: FormProps) {
  const options = optionsOf(draft)
  const field = { draft, onChange: change }
  return (
    <SpaceBetween size="m">
      {job?.state === 'CANCELLING' && (
        <Alert type="info">
          It is being cancelled gracefully already: what is asked for here is added to that.
        </Alert>
      )}
      <ModeField {...field} modes={job?.supported_abort_modes ?? null} />
      <Plan id={id} draft={draft} />
      <ReasonField {...field} error={isReasonMissing} />
      <ColumnLayout columns={2}>
        {draft.mode === 'graceful' ? (
          <DeadlineField {...field} />
        ) : (
          <ConfirmField {...field} expected={lastOf(id)} what="the end of the job's id" />
        )}
        <Box padding={{ top: 'xl' }}>
          <RollbackField {...field} />
        </Box>
      </ColumnLayout>
      <Commands ids={[id]} options={options} />
    </SpaceBetween>
  )
}

/** Asked anew all the time: what would happen changes while one thinks. */
function Plan({ id, draft }: { id: string; draft: Draft }) {
  const { mode, rollback } = draft
  const plan = useQuery({
    queryKey: ['plan', id, mode, rollback],
    queryFn: ({ signal }) => api.dryRun(id, { mode, rollback }, { signal }),
    refetchInterval: PLAN_MS,
    retry: false,
  })
  return (
    <Container header={<Header variant="h3">What will happen</Header>}>
      {plan.error && !plan.data ? (
        <Box color="text-status-error">{plan.error.message}</Box>
      ) : (
        <PlanView plan={plan.data} />
      )}
    </Container>
  )
}

const Ended = ({ job }: { job: JobView }) => (
  <Alert type="info" header="The job has ended">
    There is nothing to abort any more: <StateLabel state={job.state} /> at <TimeOf time={job.ended_at} />.
  </Alert>
)
