import { Duration } from 'aws-cdk-lib'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { ERROR_NAMES } from '#core/errors.ts'
import { NOT_INVOKED } from '../asl/error-names.ts'
import { InvokeByArn } from './invoke-by-arn.ts'
import { STAND_DOWN } from './machines.ts'
import { ObservedMachine } from './observed-machine.ts'
import { PlainTask } from './plain-task.ts'
import { ProductFunction, type Shared } from './product-function.ts'

/** Far longer than any lease, Lambda and clean-up; the sweeper starts one anew that ended unsettled. */
const LONGEST = Duration.days(7)
const SECOND = Duration.seconds(1)
const TASK_RETRY: sfn.RetryProps = {
  errors: ['States.ALL'],
  interval: SECOND,
  backoffRate: 2,
  maxDelay: Duration.seconds(30),
  maxAttempts: 10,
}

/**
 * The workflow after any end that is not a commit: wait until nothing of the job runs, clean up in rounds,
 * settle. Input: `{job_execution_id, end}`.
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
    left
      .when(sfn.Condition.isPresent('$.calls[0]'), this.hooks().next(cleanUp))
      .otherwise(this.task('Settle', this.settler()))
    return drain
  }

  /** One hook that fails does not stop the others: its error is kept beside its call. */
  private hooks(): sfn.Map {
    const call = new InvokeByArn(this, 'RunHook', { resultPath: sfn.JsonPath.DISCARD })
    call.addRetry({
      errors: [ERROR_NAMES.StepBusy],
      interval: Duration.seconds(5),
      backoffRate: 1,
      maxAttempts: 240,
    })
    // A clean-up longer than a Lambda goes on from what it saved; one that met no free Lambda was not tried.
    call.addRetry({ errors: [ERROR_NAMES.StepOutOfTime], interval: SECOND, backoffRate: 1, maxAttempts: 100 })
    call.addRetry({ ...TASK_RETRY, errors: NOT_INVOKED, maxAttempts: 20 })
    call.addRetry({ errors: ['States.ALL'], interval: SECOND, backoffRate: 2, maxAttempts: 3 })
    call.addCatch(new sfn.Pass(this, 'HookFailed'), { errors: ['States.ALL'], resultPath: '$.error' })
    return new sfn.Map(this, 'RunHooks', {
      itemsPath: '$.calls',
      maxConcurrency: 10,
      resultPath: '$.results',
    }).itemProcessor(call)
  }

  private task(id: string, fn: lambda.Function): PlainTask {
    const task = new PlainTask(this, id, { fn })
    task.addRetry(TASK_RETRY)
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
    return new ProductFunction(this, id, { shared: this.shared, entry, timeout: Duration.minutes(1) })
  }
}
