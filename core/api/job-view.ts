import { type SupportedMode, supportedModes } from '../abort/modes.ts'
import type { Closed, Job, Time } from '../job/job.ts'
import { isTerminal } from '../states.ts'
import { isLive, type Step } from '../step/step.ts'
import type { Template } from '../template.ts'

export type StepView = Pick<
  Step,
  | 'name'
  | 'index'
  | 'order'
  | 'state'
  | 'abortable'
  | 'attempt'
  | 'started_at'
  | 'ended_at'
  | 'progress'
  | 'lease_until'
  | 'fault'
  | 'cleaned_up'
> & { not_responding_since: Time | null }

type Shown =
  | 'job_execution_id'
  | 'template'
  | 'tenant_id'
  | 'state'
  | 'execution_arn'
  | 'created_at'
  | 'created_by'
  | 'started_at'
  | 'ended_at'
  | 'updated_at'
  | 'version'
  | 'input'
  | 'abort_request'
  | 'fault'
  | 'left_behind'

/** A job as `GET /jobs/{id}` answers it. */
export type JobView = Pick<Job, Shown> & {
  execution_end: Closed['end'] | null
  supported_abort_modes: SupportedMode[]
  progress: Step['progress']
  steps: StepView[]
}

/** An abort should be seen within two checkpoint periods; after some more a step counts as silent. */
const SILENT_AFTER_MS = 5_000

export type ViewOf = { steps: Step[]; template: Template | null; now: Time }

export function viewJob(job: Job, { steps, template, now }: ViewOf): JobView {
  const { kind, epoch, notified, generation, closed, abort_request, fault, left_behind, ...shown } = job
  return {
    ...shown,
    abort_request,
    supported_abort_modes: supportedModes(job, { template, steps, now }),
    progress: currentProgress(steps),
    fault,
    left_behind,
    execution_end: closed?.end ?? null,
    steps: [...steps.map((step) => viewStep(step, job, now)), ...unclaimed(job, steps, template)].sort(
      (a, b) => a.order - b.order,
    ),
  }
}

const viewStep = (step: Step, job: Job, now: Time): StepView => ({
  name: step.name,
  index: step.index,
  order: step.order,
  state: step.state,
  abortable: step.abortable,
  attempt: step.attempt,
  started_at: step.started_at,
  ended_at: step.ended_at,
  progress: step.progress,
  lease_until: step.lease_until,
  fault: step.fault,
  cleaned_up: step.cleaned_up,
  not_responding_since: silentSince(step, job, now),
})

function silentSince(step: Step, job: Job, now: Time): Time | null {
  if (job.state !== 'CANCELLING' || step.abortable !== 'checkpoint' || !isLive(step, now)) return null
  const { requested_at } = job.abort_request
  if (Date.parse(now) - Date.parse(requested_at) < SILENT_AFTER_MS) return null
  return step.checkpoint_at ?? step.started_at
}

function unclaimed(job: Job, steps: Step[], template: Template | null): StepView[] {
  if (!template || isTerminal(job.state)) return []
  const claimed = new Set(steps.map((step) => step.name))
  return template.steps
    .filter((step) => !claimed.has(step.name))
    .map(({ name, order, abortable }) => ({
      ...{ name, order, abortable, index: null, state: 'PENDING' as const, attempt: 0 },
      ...{ started_at: null, ended_at: null, progress: null, lease_until: null, fault: null },
      ...{ cleaned_up: false, not_responding_since: null },
    }))
}

/** The progress of the furthest step that tells one; a Map's children add up. */
function currentProgress(steps: Step[]): Step['progress'] {
  const telling = steps.filter((step) => step.progress !== null)
  const last = telling.at(-1)
  if (!last?.progress) return null
  const siblings = telling.filter((step) => step.name === last.name).map((step) => step.progress!)
  const total = siblings.some((p) => p.total === null) ? null : siblings.reduce((sum, p) => sum + p.total!, 0)
  return { done: siblings.reduce((sum, p) => sum + p.done, 0), total, unit: last.progress.unit }
}
