import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { AbortJobsItem } from '#core/api/answers.ts'
import { api } from '../api/api.ts'
import { ProblemAlert } from '../api/problem-alert.tsx'
import { Dialog } from '../app/dialog.tsx'
import { flash } from '../app/flashes.ts'
import { counted } from '../job/amount.ts'
import { Commands } from './commands.tsx'
import { ConfirmField, DeadlineField, ModeField, ReasonField, RollbackField } from './fields.tsx'
import { type Draft, optionsOf, useDraft } from './options.ts'

type Props = { ids: readonly string[]; onClose: () => void; onDone: () => void }

const PLAN_MS = 3_000

/** Asks how and why many jobs are to be aborted, counts what that would do, and does it. */
export function AbortManyDialog({ ids, onClose, onDone }: Props) {
  const [draft, change] = useDraft('graceful')
  const [isTried, tried] = useState(false)
  const queries = useQueryClient()
  const abort = useMutation({
    mutationFn: () => api.abortMany({ job_execution_ids: [...ids], ...optionsOf(draft) }),
    onSuccess: ({ items }) => {
      tell(items)
      onDone()
      onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  })
  const expected = String(ids.length)
  const isConfirmed = draft.mode === 'graceful' || draft.typed === expected
  const submit = (): void => {
    tried(true)
    if (draft.reason.trim() !== '') abort.mutate()
  }
  const field = { draft, onChange: change }
  return (
    <Dialog
      isLarge
      header={`Abort ${counted(ids.length, 'job')}`}
      action={{
        text: draft.mode === 'force' ? `Abort ${ids.length} by force` : `Abort ${ids.length} gracefully`,
        onClick: submit,
        isBusy: abort.isPending,
        isOff: !isConfirmed,
      }}
      closeText="Let them run"
      onClose={onClose}
    >
      <SpaceBetween size="m">
        {abort.error && <ProblemAlert error={abort.error} />}
        <ModeField {...field} modes={null} />
        <Foreseen ids={ids} draft={draft} />
        <ReasonField {...field} error={isTried && !draft.reason.trim()} />
        {draft.mode === 'graceful' ? (
          <DeadlineField {...field} />
        ) : (
          <ConfirmField {...field} expected={expected} what="how many jobs these are" />
        )}
        <RollbackField {...field} />
        <Commands ids={ids} options={optionsOf(draft)} />
      </SpaceBetween>
    </Dialog>
  )
}

const isTaken = ({ status }: AbortJobsItem): boolean => status === 202 || status === 200

function tell(items: readonly AbortJobsItem[]): void {
  const taken = items.filter(isTaken).length
  const header = `${counted(taken, 'job')} being cancelled`
  if (taken === items.length) flash({ type: 'success', header })
  else flash({ type: 'warning', header, content: refusals(items).join('; ') })
}

/** `2: the job is SUCCEEDED already`. */
function refusals(items: readonly AbortJobsItem[]): string[] {
  const refused = items.filter((item) => !isTaken(item))
  const groups = Map.groupBy(refused, ({ problem, state }) => problem?.title ?? state ?? 'refused')
  return [...groups].map(([title, group]) => `${counted(group.length, 'job')}: ${title.toLowerCase()}`)
}

function Foreseen({ ids, draft }: { ids: readonly string[]; draft: Draft }) {
  const { mode, rollback } = draft
  const plan = useQuery({
    queryKey: ['plan-many', ids, mode, rollback],
    queryFn: ({ signal }) => api.dryRunMany({ job_execution_ids: [...ids], mode, rollback }, { signal }),
    refetchInterval: PLAN_MS,
    retry: false,
  })
  return (
    <Container header={<Header variant="h3">What will happen</Header>}>
      {plan.error && <Box color="text-status-error">{plan.error.message}</Box>}
      {!plan.data && !plan.error && <Spinner />}
      {plan.data && <Count items={plan.data.items} />}
    </Container>
  )
}

function Count({ items }: { items: readonly AbortJobsItem[] }) {
  const begun = items.filter(({ status }) => status === 202).length
  const same = items.filter(({ status }) => status === 200).length
  const others = refusals(items)
  return (
    <div aria-live="polite">
      <Box>
        <b>{counted(begun, 'job')}</b> will be cancelled
        {same > 0 && `, ${same} are being cancelled already`}.
      </Box>
      {others.length > 0 && <Alert type="info">Not touched: {others.join('; ')}.</Alert>}
    </div>
  )
}
