import { supportedModes, type TemplateModes } from '../abort/modes.ts'
import { isOpen } from '../clean-up/unfinished.ts'
import type { ExecutionEnd, Job, Time } from '../job/job.ts'
import { isTerminal, STATES } from '../states.ts'
import { holdsUntil, isLive, type Step } from '../step/step.ts'
import type { Template, TemplateStep } from '../template.ts'
import { RawJson } from '../text/plain-json.ts'
import type { JsonText } from '../value.ts'
import type { JobView, ListedJob, StepView, StepWithValues } from './answers.ts'
import { abortRequestView, cleanUpRunView, faultView, progressView } from './part-views.ts'
import { currentProgress, progressOfLatest } from './progress.ts'

/** An abort should be seen within two checkpoint periods; after some more a step counts as silent. */
const SILENT_AFTER_MS = 5_000

/**
 * `input`: its text, where it was read because it is not in the job's own item; `moreSteps`: these steps are the first
 * in the order of the chain, and not all; `latest`: then the last of them.
 */
export type ViewContext = {
  steps: Step[]
  moreSteps?: boolean
  latest?: Step[]
  template: Template | null
  now: Time
  input?: JsonText
}

/** A Map may have thousands: all of them are in `GET /jobs/{id}/steps`. */
const MAX_STEPS = 100

/** A job as `GET /jobs/{id}` answers it, its fields in the order in which people read them. */
export function viewJob(job: Job, context: ViewContext): JobView {
  const { steps, moreSteps = false, latest = [], template, now, input } = context
  const claimed = steps.map((step) => viewStep(step, job, now))
  // What comes after those that were read may have been claimed.
  const known = moreSteps ? (steps.at(-1)?.order ?? 0) : Number.POSITIVE_INFINITY
  const open = unclaimed(job, steps, template).filter(({ order }) => order < known)
  const shown = [...claimed, ...open].sort((a, b) => a.order - b.order)
  return {
    job_execution_id: job.job_execution_id,
    template: job.template,
    tenant_id: job.tenant_id,
    state: job.state,
    execution_arn: job.execution_arn,
    execution_started_at: job.execution_started_at,
    created_at: job.created_at,
    created_by: job.created_by,
    started_at: job.started_at,
    ended_at: job.ended_at,
    updated_at: job.updated_at,
    version: job.version,
    input: inputView(job, input),
    abort_request: job.abort_request && abortRequestView(job.abort_request),
    supported_abort_modes: supportedModes(job, { template, steps, now }),
    progress: moreSteps ? progressOfLatest(job, steps, latest) : currentProgress(job, steps),
    fault: job.fault && faultView(job.fault),
    left_behind: job.left_behind,
    not_undone: job.not_undone.map(({ step, index, reason }) => ({ step, index, reason })),
    clean_up: job.clean_up && cleanUpRunView(job.clean_up),
    execution_end: job.closed && executionEndView(job.closed.end),
    step_counts: countedByState(shown),
    more_steps: moreSteps,
    steps: shown.slice(0, MAX_STEPS),
  }
}

/** As `GET /jobs` answers it: what its steps would say is left out, rather than said wrongly. */
export function viewListedJob(
  job: Job,
  { template, now }: { template: TemplateModes; now: Time },
): ListedJob {
  const { progress, step_counts, more_steps, steps, ...listed } = viewJob(job, {
    steps: [],
    template: null,
    now,
  })
  return { ...listed, supported_abort_modes: supportedModes(job, { template, steps: [], now }) }
}

function countedByState(steps: StepView[]): JobView['step_counts'] {
  const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as JobView['step_counts']
  for (const { state } of steps) counts[state] += 1
  return counts
}

/** As it was given; null in a list, where it is too large for the job's own item. */
function inputView({ input }: Job, read: JsonText | undefined): RawJson | null {
  const text = 'text' in input ? input.text : read
  return text === undefined ? null : new RawJson(text)
}

const executionEndView = ({ status, error, cause }: ExecutionEnd): JobView['execution_end'] => ({
  status,
  error,
  cause,
})

/** A step of the job as it is shown with it, and alone. */
export const viewStep = (step: Step, job: Job, now: Time): StepView => ({
  name: step.name,
  index: step.index,
  order: step.order,
  state: step.state,
  abortable: step.abortable,
  attempt: step.attempt,
  started_at: step.started_at,
  ended_at: step.ended_at,
  progress: step.progress && progressView(step.progress),
  checkpoint_at: step.checkpoint_at,
  lease_until: step.lease_until,
  fault: step.fault && faultView(step.fault),
  cleaned_up: step.cleaned_up,
  clean_up_fault: step.clean_up?.fault ? faultView(step.clean_up.fault) : null,
  not_responding_since: silentSince(step, job, now),
  awaited_until: awaitedUntil(step, job, now),
  ...(step.external && { external: { stop: step.external.stop } }),
})

export type StepValues = Record<'checkpoint' | 'result', JsonText | null>

/** What a step keeps, beside what is shown of it. */
export const withValues = (view: StepView, { checkpoint, result }: StepValues): StepWithValues => ({
  ...view,
  checkpoint: checkpoint && new RawJson(checkpoint),
  result: result && new RawJson(result),
})

function silentSince(step: Step, job: Job, now: Time): Time | null {
  if (job.state !== 'CANCELLING' || step.abortable !== 'checkpoint' || !isLive(step, now)) return null
  const { requested_at } = job.abort_request
  if (Date.parse(now) - Date.parse(requested_at) < SILENT_AFTER_MS) return null
  return step.checkpoint_at ?? step.started_at
}

/** Once the execution has ended; a hook that has taken the step over is waited for by nobody. */
const awaitedUntil = (step: Step, job: Job, now: Time): Time | null =>
  job.closed && isOpen(step) && step.clean_up === null && isLive(step, now) ? holdsUntil(step) : null

/**
 * The steps that no attempt has claimed yet, or that a failed job never reached. One that ended well shows only what
 * ran: a Choice may have left the others out.
 */
function unclaimed(job: Job, steps: Step[], template: Template | null): StepView[] {
  if (!template || (isTerminal(job.state) && job.state !== 'FAILED')) return []
  const claimed = new Set(steps.map((step) => step.name))
  return template.steps.filter((step) => !claimed.has(step.name)).map(viewUnclaimed)
}

const viewUnclaimed = ({ name, order, abortable }: TemplateStep): StepView => ({
  name,
  index: null,
  order,
  state: 'PENDING',
  abortable,
  attempt: 0,
  started_at: null,
  ended_at: null,
  progress: null,
  checkpoint_at: null,
  lease_until: null,
  fault: null,
  cleaned_up: false,
  clean_up_fault: null,
  not_responding_since: null,
  awaited_until: null,
})
