import type { AbortPlan } from '../api/answers.ts'
import { HOOKS, type Hook } from '../clean-up/hook.ts'
import type { AbortMode, Job, Time } from '../job/job.ts'
import { type Abortable, isLive, type Step, stepLabel } from '../step/step.ts'
import type { Template, TemplateStep } from '../template.ts'

type PlannedStep = AbortPlan['steps'][number]
type PlanAction = PlannedStep['actions'][number]

type Asked = { mode: AbortMode; rollback: boolean; now: Time }

/** @example planAbort(job, { template, steps }, { mode: 'graceful', rollback: false, now }) */
export function planAbort(job: Job, of: { template: Template; steps: Step[] }, asked: Asked): AbortPlan {
  const known = new Map(of.template.steps.map((step) => [step.name, step]))
  const claimed = of.steps.map((step) => planned(step, asked, known.get(step.name)?.hooks ?? HOOKS))
  const names = new Set(of.steps.map((step) => step.name))
  const rest = of.template.steps.filter((step) => !names.has(step.name)).map(unclaimed)
  return {
    job_execution_id: job.job_execution_id,
    mode: asked.mode,
    rollback: asked.rollback,
    steps: [...claimed, ...rest],
    cannot_be_undone: lost(of.template, of.steps),
  }
}

const unclaimed = (step: TemplateStep): PlannedStep => ({
  name: step.name,
  index: null,
  state: 'PENDING',
  actions: ['never_starts'],
})

const planned = (step: Step, asked: Asked, hooks: readonly Hook[]): PlannedStep => ({
  name: step.name,
  index: step.index,
  state: step.state,
  actions: actionsOf(step, asked).map((action) => (possible(action, hooks) ? action : 'stays')),
})

/** Without the hook there is nothing that would do it. */
const possible = (action: PlanAction, hooks: readonly Hook[]): boolean =>
  (action !== 'clean_up' || hooks.includes('abort')) && (action !== 'revert' || hooks.includes('revert'))

const GRACEFUL: Record<Abortable, PlanAction[]> = {
  checkpoint: ['stop_at_checkpoint', 'clean_up'],
  boundary: ['stop_at_boundary', 'stays'],
  never: ['cannot_stop', 'stays'],
}

function actionsOf(step: Step, { mode, rollback, now }: Asked): PlanAction[] {
  if (step.state === 'SUCCEEDED') return [rollback ? 'revert' : 'stays']
  if (step.state === 'CANCELLED' || step.state === 'FAILED') return ['stays']
  if (!isLive(step, now)) return ['clean_up']
  if (mode === 'force') return ['stop_now', 'clean_up']
  const actions = GRACEFUL[step.abortable]
  return actions.map((action) => (action === 'stays' && rollback ? 'revert' : action))
}

function lost(template: Template, steps: Step[]): string[] {
  const reasons = new Map(template.steps.map((step) => [step.name, step.irreversible]))
  return steps
    .filter((step) => step.touched && reasons.get(step.name))
    .map((step) => `${stepLabel(step)}: ${reasons.get(step.name)}`)
}
