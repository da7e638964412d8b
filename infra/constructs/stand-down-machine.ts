import { Duration } from 'aws-cdk-lib'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { HOOK_RETRIES } from '#core/clean-up/history.ts'
import { ERROR_NAMES, FAILURE_NAMES } from '#core/errors.ts'
import { NOT_INVOKED } from '../asl/error-names.ts'
import { BUSY_WAITS, LONG_WAITS } from '../asl/passes/retry-tasks.ts'
import { InvokeByArn } from './invoke-by-arn.ts'
import { STAND_DOWN } from './machines.ts'
import { ObservedMachine } from './observed-machine.ts'
import { PlainTask } from './plain-task.ts'
import { ProductFunction, type Shared } from './product-function.ts'
import { permitVersions } from './versions.ts'

/** Far longer than any lease, Lambda and clean-up; the sweeper starts one anew that ended unsettled. */
const LONGEST = Duration.days(7)
const SECOND = Duration.seconds(1)

/** Growing waits, up to a minute. */
const GROWING = { interval: SECOND, backoffRate: 2, maxDelay: Duration.minutes(1) }

/**
 * A function that is not invoked is waited for: 8 hours on average, with full jitter. The sweeper starts the next
 * generation of one that ended so.
 */
const UNTIL_INVOKED: sfn.RetryProps = {
  errors: NOT_INVOKED,
  interval: Duration.seconds(LONG_WAITS.IntervalSeconds),
  backoffRate: LONG_WAITS.BackoffRate,
  maxDelay: Duration.seconds(LONG_WAITS.MaxDelaySeconds),
  jitterStrategy: sfn.JitterType.FULL,
  maxAttempts: HOOK_RETRIES.notInvoked,
}

/** Another attempt or hook may still run: its lease, or its Lambda, is waited for. */
const WHILE_BUSY: sfn.RetryProps = {
  errors: [ERROR_NAMES.StepBusy],
  interval: Duration.seconds(BUSY_WAITS.IntervalSeconds),
  backoffRate: BUSY_WAITS.BackoffRate,
  maxDelay: Duration.seconds(BUSY_WAITS.MaxDelaySeconds),
  maxAttempts: HOOK_RETRIES.busy,
}

const OUT_OF_TIME = { interval: SECOND, backoffRate: 1, maxAttempts: HOOK_RETRIES.outOfTime }

/**
 * The workflow after any end that is not a commit: wait until nothing of the job runs, clean up in rounds,
 * settle. Input: `{job_execution_id, end, call}`. Once its history has no room for another round it ends, and the next
 * generation goes on.
 */
export class StandDown extends Construct {
  readonly machine: ObservedMachine
  private readonly shared: Shared

  constructor(scope: Construct, id: string, shared: Shared) {
    super(scope, id)
    this.shared = shared
    this.machine = new ObservedMachine(this, 'Machine', {
      stateMachineName: shared.machines.nameOf(STAND_DOWN),
      comment: 'stands a job down: drain, clean up, settle',
      timeout: LONGEST,
      definitionBody: sfn.DefinitionBody.fromChainable(this.chain()),
    })
    permitVersions(this.machine.role, shared)
  }

  private chain(): sfn.IChainable {
    const drain = this.task('Drain', this.drainer())
    const wait = new sfn.Wait(this, 'Wait', { time: sfn.WaitTime.secondsPath('$.wait_seconds') })
    const cleanUp = this.task('CleanUp', this.cleaner())
    const running = new sfn.Choice(this, 'Still running?')
    const left = new sfn.Choice(this, 'Anything left?')
    drain.next(running)
    running.when(sfn.Condition.numberGreaterThan('$.running', 0), wait.next(drain)).otherwise(cleanUp)
    cleanUp.next(left)
    const handedOver = sfn.Condition.and(
      sfn.Condition.isPresent('$.handed_over'),
      sfn.Condition.booleanEquals('$.handed_over', true),
    )
    left
      .when(handedOver, new sfn.Succeed(this, 'HandedOver', { comment: 'the next generation goes on' }))
      .when(sfn.Condition.isPresent('$.calls[0]'), this.hooks().next(cleanUp))
      .otherwise(this.task('Settle', this.settler()))
    return drain
  }

  /** One hook that fails does not stop the others: its error is kept beside its call. */
  private hooks(): sfn.Map {
    // The next round is made as large as the history has room for.
    const outcome = { retries: sfn.JsonPath.numberAt('$$.State.RetryCount') }
    const call = new InvokeByArn(this, 'RunHook', { resultSelector: outcome, resultPath: '$.outcome' })
    call.addRetry(WHILE_BUSY)
    // A clean-up longer than a Lambda goes on from what it saved.
    call.addRetry({ errors: [ERROR_NAMES.StepOutOfTime], ...OUT_OF_TIME })
    call.addRetry(UNTIL_INVOKED)
    call.addRetry({ errors: [FAILURE_NAMES.CannotCleanUp], maxAttempts: 0 })
    call.addRetry({ ...GROWING, errors: ['States.ALL'], maxAttempts: this.shared.cleanUpTries - 1 })
    // A hook that was never invoked has not failed: this stand-down has, and another one asks for the hook again.
    const error = 'NoFreeLambda'
    call.addCatch(new sfn.Fail(this, 'HookNotInvoked', { error }), { errors: NOT_INVOKED })
    call.addCatch(new sfn.Pass(this, 'HookFailed'), { errors: ['States.ALL'], resultPath: '$.error' })
    return new sfn.Map(this, 'RunHooks', {
      itemsPath: '$.calls',
      maxConcurrency: 10,
      resultPath: '$.results',
    }).itemProcessor(call)
  }

  private task(id: string, fn: lambda.Function): PlainTask {
    const task = new PlainTask(this, id, { fn })
    task.addRetry(UNTIL_INVOKED)
    task.addRetry({ ...GROWING, errors: ['States.ALL'], maxAttempts: 10 })
    return task
  }

  private drainer(): lambda.Function {
    const fn = this.handler('DrainFunction', 'functions/stand-down/drain.ts')
    this.shared.table.grantItems(fn)
    return fn
  }

  private cleaner(): lambda.Function {
    const fn = this.handler('CleanUpFunction', 'functions/stand-down/clean-up.ts')
    this.shared.table.grantItems(fn)
    this.shared.machines.grant(fn, 'DescribeStateMachine', 'DescribeStateMachineForExecution')
    return fn
  }

  private settler(): lambda.Function {
    const fn = this.handler('SettleFunction', 'functions/stand-down/settle.ts')
    const { table, machines } = this.shared
    table.grantItems(fn)
    machines.grant(fn, 'StopExecution', 'DescribeExecution')
    machines.grant(fn, 'DescribeStateMachine', 'DescribeStateMachineForExecution')
    return fn
  }

  private handler(id: string, entry: string): lambda.Function {
    const limits = { timeout: Duration.minutes(1), settles: true }
    return new ProductFunction(this, id, { shared: this.shared, entry, ...limits })
  }
}
