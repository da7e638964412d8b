import { Duration } from 'aws-cdk-lib'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { ACTION_PLAN, MAX_PARALLEL } from '#functions/steps/action-plan/template.ts'
import { AbortableJob } from '../constructs/abortable-job.ts'
import type { JobControl } from '../constructs/job-control.ts'
import { joinNetwork, type Network } from '../constructs/network.ts'
import { grantFunctions, grantHeaders } from '../constructs/plans/action-access.ts'
import { ChildJobs } from '../constructs/plans/child-jobs.ts'
import { PlanNotifier } from '../constructs/plans/plan-notifier.ts'
import { PlanScheduler } from '../constructs/plans/plan-scheduler.ts'
import { TokenTask } from '../constructs/plans/token-task.ts'
import { WatcherDoor } from '../constructs/plans/watcher-door.ts'
import { StepFunction } from '../constructs/step-function.ts'
import type { Steps } from '../constructs/steps.ts'

export type ActionPlanProps = {
  control: JobControl
  /** How the names of functions begin that actions may call, as `acme-*`. @default none: the type `lambda` is refused */
  functions?: string[] | undefined
  /** Hosts that actions may ask, as names with `*` for one part or more. @default none */
  hosts?: string[] | undefined
  /** The subnets from which those hosts can be reached. @default those of AWS itself, which reach public addresses only */
  network?: Network | undefined
}

/** What an action asks may be away for hours. */
const TRY_AGAIN = {
  errors: [ACTION_PLAN.errors.ActionUnavailable],
  interval: Duration.seconds(30),
  backoffRate: 1.5,
  maxDelay: Duration.minutes(15),
  maxAttempts: 20,
}

/** The table may be away for an hour; who asks again gets the same answer. */
const ASK_AGAIN = {
  errors: ['States.ALL'],
  interval: Duration.seconds(1),
  backoffRate: 2,
  maxDelay: Duration.minutes(1),
  maxAttempts: 60,
  jitterStrategy: sfn.JitterType.FULL,
}

/**
 * The job template `action-plan`: any graph of actions. A Map of workers, each of which asks for the next action that
 * can be begun, and does it, until none is left. Nobody's action waits for another chain; an idle worker waits for its
 * task's token, which takes no room in the history.
 */
export class ActionPlan extends Construct {
  readonly job: AbortableJob
  private readonly control: JobControl
  private readonly props: ActionPlanProps

  constructor(scope: Construct, id: string, props: ActionPlanProps) {
    super(scope, id)
    const { control } = props
    this.control = control
    this.props = props
    this.job = new AbortableJob(this, 'Job', {
      control,
      template: ACTION_PLAN,
      definition: (steps) => this.chain(steps),
    })
    new WatcherDoor(this, 'Watcher', { control, environment: this.environment })
    new PlanNotifier(this, 'Notifier', { control, template: ACTION_PLAN.name })
  }

  private chain(steps: Steps): sfn.IChainable {
    const workers = new sfn.Pass(this, 'Workers', {
      parameters: { 'numbers.$': 'States.ArrayRange(1, $.max_parallel, 1)' },
      resultPath: '$.workers',
    })
    const each = steps.map('Each worker', {
      items: '$.workers.numbers',
      maxConcurrency: MAX_PARALLEL,
      itemSelector: { 'project.$': '$.project', 'plan.$': '$.plan', ended: { none: true } },
      resultPath: sfn.JsonPath.DISCARD,
    })
    return workers.next(each.itemProcessor(this.worker(steps)))
  }

  /** The answer of a failing action goes to the scheduler, too: what does not rest on it goes on. */
  private worker(steps: Steps): sfn.IChainable {
    const { fn } = new PlanScheduler(this, 'Scheduler', { control: this.control, template: ACTION_PLAN.name })
    const ask = new TokenTask(this, 'Next action', { fn, payload: QUESTION, resultPath: '$.next' })
    steps.ungated(ask)
    ask.addRetry({ errors: [ACTION_PLAN.errors.PlanNotStarted], maxAttempts: 0 })
    ask.addRetry(ASK_AGAIN)
    const run = steps.task(this.step(), {
      inputPath: '$.next.action',
      numberedBy: '$.next.action',
      hooks: '$.next.action.hooks',
      resultSelector: { succeeded: true },
      resultPath: '$.ended',
    })
    run.addRetry(TRY_AGAIN)
    run.addCatch(ask, { errors: ['States.ALL'], resultPath: '$.ended' })
    const failed = new sfn.Fail(this, 'An action failed', {
      error: ACTION_PLAN.errors.ActionFailed,
      cause: 'an action failed: its own fault says why',
    })
    const found = new sfn.Choice(this, 'An action?')
      .when(sfn.Condition.stringEquals('$.next.kind', 'action'), run.next(ask))
      .when(sfn.Condition.stringEquals('$.next.kind', 'failed'), failed)
      .otherwise(new sfn.Pass(this, 'None is left', { parameters: {} }))
    return ask.next(found)
  }

  private step(): StepFunction {
    const fn = new StepFunction(this, 'run-action', {
      entry: 'functions/steps/action-plan/run-action.ts',
      prefix: this.control.prefix,
      memorySize: 256,
      timeout: Duration.minutes(15),
      environment: this.environment,
    })
    grantFunctions(fn, this.props.functions ?? [])
    grantHeaders(fn)
    joinNetwork(fn, this.props.network)
    new ChildJobs(this, 'ChildJobs', { control: this.control }).grantAsk(fn)
    return fn
  }

  /** What actions may reach, for the step and for the door, which refuses a plan that would reach further. */
  private get environment(): Record<string, string> {
    const { functions = [], hosts = [], control } = this.props
    return {
      ALLOWED_FUNCTIONS: functions.join(','),
      ALLOWED_HOSTS: hosts.join(','),
      OWN_FUNCTIONS: `${control.prefix}-`,
    }
  }
}

/** A worker's question; `asked_at` stays through retries, and tells its questions apart. */
const QUESTION = {
  'job_execution_id.$': '$$.Execution.Name',
  'project.$': '$.project',
  'plan.$': '$.plan',
  'worker.$': '$.index',
  'asked_at.$': '$$.State.EnteredTime',
  'ended.$': '$.ended',
}
