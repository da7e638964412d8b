import type { DoorChange } from '#aws/table/door-records.ts'
import type { Job } from '#core/job/job.ts'
import { isNotified } from '#core/notifications/noun.ts'
import { isTerminal, type State } from '#core/states.ts'
import type { Step } from '#core/step/step.ts'
import type { Change } from '#engine/notify.ts'
import type { Needs } from '#engine/ports.ts'
import { stepsOf } from '#engine/steps/steps-of.ts'
import { readValue } from '#engine/values/read.ts'
import { ACTION_PLAN, actionPlanInput } from '../../../steps/action-plan/template.ts'
import type { Plan } from '../plan/plan.ts'
import { isPlans, Plans } from '../plan/plans.ts'
import {
  actionMessages,
  neverBegunMessages,
  neverStartedMessages,
  planMessages,
  type Teller,
} from './messages.ts'
import { ACTION_RULES, PLAN_RULES } from './rules.ts'
import type { WatcherNotification } from './schemas.ts'

type Reading = Needs<'jobs' | 'steps' | 'values' | 'doorRecords'>
type Messages = AsyncGenerator<WatcherNotification, void>
type PlansJob = { plan: Plan; job: Job }

/**
 * Finds what the rules of plans and actions do not see in the changed item: its plan, the action, the steps. Jobs are
 * read once for a batch of changes: after all of them were written, so that no abort before them is missed.
 */
export class ToldPlans {
  private readonly ports: Reading
  private readonly plans: Plans
  private readonly teller: Teller
  private readonly known = new Map<string, Promise<PlansJob | undefined>>()

  constructor(ports: Reading, teller: Teller) {
    this.ports = ports
    this.plans = new Plans(ports.doorRecords)
    this.teller = teller
  }

  /** What the change of a job or a step means; nothing where it is not a plan's. */
  async *ofChange({ before, after }: Change): Messages {
    if (after?.template !== ACTION_PLAN.name) return
    if (after.kind === 'job') yield* this.ofJob(before as Job | undefined, after)
    else yield* this.ofStep(before as Step | undefined, after)
  }

  /** A plan that is cancelled while it has no job; where it has one, that tells. */
  async *ofRecord({ set, before, after }: DoorChange): Messages {
    const [known, plan] = [before as Plan | null, after as Plan | null]
    if (!isPlans(set) || known?.cancelled_by !== null || !plan || plan.cancelled_by === null) return
    if (plan.started && (await this.ports.jobs.get(plan.started.job_id))) return
    const at = plan.updated_at ?? plan.created_at
    const own = neverStartedMessages(plan, at, this.teller)
    yield own.start
    for (const action of await this.plans.actions(plan.uuid)) {
      yield* neverBegunMessages({ plan, action, planState: 'CANCELLING' }, at, this.teller)
    }
    yield own.end
  }

  private async *ofJob(before: Job | undefined, job: Job): Messages {
    const change = { before, after: job }
    const plan = isNotified(PLAN_RULES, change) ? await this.planOf(job) : undefined
    if (!plan) return
    if (isTerminal(job.state)) yield* this.ofNeverBegun(plan, job)
    yield* planMessages(plan, change, this.teller)
  }

  /** Told with the plan's end: until then an action may still begin. */
  private async *ofNeverBegun(plan: Plan, job: Job): Messages {
    const steps = await stepsOf(this.ports, job)
    const begun = new Set(steps.map(({ index }) => index))
    const planState = job.abort_request ? 'CANCELLING' : job.state
    for (const action of await this.plans.actions(plan.uuid)) {
      if (begun.has(action.index)) continue
      yield* neverBegunMessages({ plan, action, planState }, job.updated_at, this.teller)
    }
  }

  private async *ofStep(before: Step | undefined, step: Step): Messages {
    const change = { before, after: step }
    if (typeof step.index !== 'number' || !isNotified(ACTION_RULES, change)) return
    const found = await this.jobOf(step.job_execution_id)
    if (!found) return
    const { plan, job } = found
    const action = await this.plans.action(plan.uuid, step.index)
    const planState = stateAt(job, step.updated_at)
    yield* actionMessages({ plan, action, planState }, change, this.teller)
  }

  private jobOf(jobId: string): Promise<PlansJob | undefined> {
    const known = this.known.get(jobId)
    if (known) return known
    const found = this.ports.jobs.get(jobId).then(async (job) => {
      const plan = job && (await this.planOf(job))
      return job && plan ? { job, plan } : undefined
    })
    this.known.set(jobId, found)
    return found
  }

  /** The plan that was started as this job; a job that was started past it tells of no plan. */
  private async planOf(job: Job): Promise<Plan | undefined> {
    const input = await readValue(this.ports, job.job_execution_id, job.input)
    const named = actionPlanInput.safeParse(input)
    if (!named.success) return undefined
    const plan = await this.plans.kept(named.data.project, named.data.plan)
    return plan?.started?.job_id === job.job_execution_id ? plan : undefined
  }
}

/** While its actions change a plan is ONGOING, or being cancelled from a time on that its job keeps. */
function stateAt({ abort_request }: Job, at: string): State {
  return abort_request && abort_request.requested_at <= at ? 'CANCELLING' : 'ONGOING'
}
