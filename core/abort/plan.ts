import type { AbortPlan } from '../api/answers.ts'
import { HOOKS, type Hook } from '../clean-up/hook.ts'
import { neverClaimed } from '../clean-up/unfinished.ts'
import type { AbortMode, Job, Time } from '../job/job.ts'
import { type Abortable, isLive, type Step, stepLabel } from '../step/step.ts'
import type { Template, TemplateStep } from '../template.ts'

type PlannedStep = AbortPlan['steps'][number]
type PlanAction = PlannedStep['actions'][number]

/** The abort that is planned, and when. */
type Intent = { mode: AbortMode; rollback: boolean; now: Time }
type JobState = { template: Template; steps: Step[] }

/** @example planAbort(job, { template, steps }, { mode: 'graceful', rollback: false, now }) */
export function planAbort(job: Job, { template, steps }: JobState, intent: Intent): AbortPlan {
  const known = new Map(template.steps.map((step) => [step.name, step]))
  const claimed = steps.map((step) => planned(step, intent, known.get(step.name)?.hooks ?? HOOKS))
  const rest = neverClaimed(template, steps).map(unclaimed)
  return {
    job_execution_id: job.job_execution_id,
    mode: intent.mode,
    rollback: intent.rollback,
    steps: [...claimed, ...rest],
    cannot_be_undone: irreversible(template, steps),
  }
}

const unclaimed = (step: TemplateStep): PlannedStep => ({
  name: step.name,
  index: null,
  state: 'PENDING',
  actions: ['never_starts'],
})

const planned = (step: Step, intent: Intent, hooks: readonly Hook[]): PlannedStep => ({
  name: step.name,
  index: step.index,
  state: step.state,
  actions: actionsOf(step, intent).map((action) => (possible(action, hooks) ? action : 'stays')),
})

/** Without the hook there is nothing that would do it. */
const possible = (action: PlanAction, hooks: readonly Hook[]): boolean =>
  (action !== 'clean_up' || hooks.includes('abort')) && (action !== 'revert' || hooks.includes('revert'))

const GRACEFUL: Record<Abortable, PlanAction[]> = {
  checkpoint: ['stop_at_checkpoint', 'clean_up'],
  boundary: ['stop_at_boundary', 'stays'],
  never: ['cannot_stop', 'stays'],
}

function actionsOf(step: Step, { mode, rollback, now }: Intent): PlanAction[] {
  if (step.state === 'SUCCEEDED') return [rollback ? 'revert' : 'stays']
  if (step.state === 'CANCELLED' || step.state === 'FAILED') return ['stays']
  if (!isLive(step, now)) return ['clean_up']
  if (mode === 'force') return ['stop_now', 'clean_up']
  const actions = GRACEFUL[step.abortable]
  return actions.map((action) => (action === 'stays' && rollback ? 'revert' : action))
}

function irreversible(template: Template, steps: Step[]): string[] {
  const reasons = new Map(template.steps.map((step) => [step.name, step.irreversible]))
  return steps
    .filter((step) => step.touched && reasons.get(step.name))
    .map((step) => `${stepLabel(step)}: ${reasons.get(step.name)}`)
}
