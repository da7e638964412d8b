import type { AbortPlan } from '../api/answers.ts'
import { HOOKS, type Hook } from '../clean-up/hook.ts'
import { irreversibleReason, isLeftBehind, NO_ABORT, NO_REVERT } from '../clean-up/left-behind.ts'
import { awaitsCleanUp, isWorking, neverClaimed } from '../clean-up/unfinished.ts'
import type { AbortMode, Job, Time } from '../job/job.ts'
import { type Abortable, isLive, type Step, stepLabel } from '../step/step.ts'
import type { Template, TemplateStep } from '../template.ts'
import type { NotTaken } from './answer.ts'

type PlannedStep = AbortPlan['steps'][number]
type PlanAction = PlannedStep['actions'][number]

/** The abort that is planned, and when: as it would be after a running one that it adds to. */
type Intent = { mode: AbortMode; rollback: boolean; now: Time; notTaken?: NotTaken[] }
type JobState = { template: Template; steps: Step[] }
/** What the step's author says of it. */
type Known = { hooks: readonly Hook[]; irreversible: string | null }

/** @example planAbort(job, { template, steps }, { mode: 'graceful', rollback: false, now }) */
export function planAbort(job: Job, { template, steps }: JobState, intent: Intent): AbortPlan {
  const claimed = steps.map((step) => {
    const known = knownOf(step, template)
    return { step, known, actions: actionsOf(step, known, intent) }
  })
  const planned = claimed.map(({ step: { name, index, state }, actions }) => ({
    name,
    index,
    state,
    actions,
  }))
  return {
    job_execution_id: job.job_execution_id,
    mode: intent.mode,
    rollback: intent.rollback,
    steps: [...planned, ...neverClaimed(template, steps).map(unclaimed)],
    cannot_be_undone: claimed.flatMap((one) => linesOf(one, intent)),
    not_taken: intent.notTaken ?? [],
  }
}

const unclaimed = (step: TemplateStep): PlannedStep => ({
  name: step.name,
  index: null,
  state: 'PENDING',
  actions: ['never_starts'],
})

/** An item says it itself, from layout 2 on. */
function knownOf(step: Step, template: Template): Known {
  const known = template.steps.find((one) => one.name === step.name)
  const irreversible = step.irreversible ?? known?.irreversible ?? null
  return { hooks: step.hooks ?? known?.hooks ?? HOOKS, irreversible }
}

const DEFERRED: Record<Abortable, PlanAction | null> = {
  checkpoint: null,
  boundary: 'stop_at_boundary',
  never: 'cannot_stop',
  stop: null,
}

/** What becomes of the step, then of what it did. Without the hook there is nothing that would change that. */
function actionsOf(step: Step, { hooks }: Known, { mode, rollback, now }: Intent): PlanAction[] {
  const undone = rollback || step.external?.revert_when === 'not-committed'
  const reverted = undone && hooks.includes('revert') ? 'revert' : 'stays'
  const cleaned = step.touched && hooks.includes('abort') ? 'clean_up' : 'stays'
  if (step.state === 'SUCCEEDED') return [reverted]
  if (awaitsCleanUp(step)) return ['clean_up']
  if (step.state === 'CANCELLED' || step.state === 'FAILED') return ['stays']
  const deferred = DEFERRED[step.abortable]
  if (mode === 'graceful' && deferred && isWorking(step, now)) return [deferred, reverted]
  if (!isLive(step, now)) return [cleaned]
  return [mode === 'force' || step.abortable === 'stop' ? 'stop_now' : 'stop_at_checkpoint', cleaned]
}

type Planned = { step: Step; known: Known; actions: PlanAction[] }

/** What stays for good; under a rollback also what nothing undoes. */
function linesOf({ step, known, actions }: Planned, { rollback }: Intent): string[] {
  if (!step.touched) return []
  if (known.irreversible) return [`${stepLabel(step)}: ${irreversibleReason(known.irreversible)}`]
  if (!rollback || actions.at(-1) !== 'stays' || step.cleaned_up || isLeftBehind(step)) return []
  const [first] = actions
  const finishes = step.state === 'SUCCEEDED' || first === 'stop_at_boundary' || first === 'cannot_stop'
  return [`${stepLabel(step)}: ${finishes ? NO_REVERT : NO_ABORT}`]
}
