import { Duration, Lazy, Validations } from 'aws-cdk-lib'
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb'
import * as events from 'aws-cdk-lib/aws-events'
import * as targets from 'aws-cdk-lib/aws-events-targets'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import type * as sqs from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { DeadLetters } from './dead-letters.ts'
import { EventSchemas } from './event-schemas.ts'
import { permit, STAND_DOWN } from './machines.ts'
import { ProductFunction, type Shared } from './product-function.ts'
import { streamPatterns } from './stream-patterns.ts'

/** A job whose execution succeeded has been committed: nothing is left to do. */
const NOT_COMMITTED = ['FAILED', 'TIMED_OUT', 'ABORTED']
/** A stand-down that failed by itself is the sweeper's: a lasting fault must not turn into a loop. */
const STOPPED_BY_HAND = ['ABORTED']

/** EventBridge takes 2,048 characters of pattern; an ARN has up to 145. */
const MACHINES_A_RULE = 12

/** What follows from a job's changes: its settlement, its notifications, the sweep of what was lost. */
export class JobEvents extends Construct {
  readonly bus: events.EventBus
  readonly schemas: EventSchemas
  private readonly shared: Shared
  /** What event rules and asynchronous invocations could not deliver. */
  readonly undelivered: sqs.Queue
  /** Positions in the table's stream from which no notification could be sent. */
  readonly unsent: sqs.Queue
  private readonly settler: lambda.Function
  private readonly ends: string[][] = []
  /** Reads the table's stream. */
  readonly notifier: lambda.Function

  constructor(scope: Construct, id: string, shared: Shared) {
    super(scope, id)
    this.shared = shared
    this.bus = new events.EventBus(this, 'Bus', { eventBusName: shared.prefix })
    this.schemas = new EventSchemas(this, 'Schemas', shared)
    this.undelivered = new DeadLetters(this, 'Undelivered', { prefix: shared.prefix, name: 'undelivered' })
    this.unsent = new DeadLetters(this, 'Unsent', { prefix: shared.prefix, name: 'unsent' })
    this.settler = this.settle()
    this.notifier = this.notify()
    this.sweep()
  }

  private settle(): lambda.Function {
    const { machines } = this.shared
    const fn = this.keeper('Settle', 'functions/events/settle.ts')
    const standDown = [machines.arnsOf(STAND_DOWN).machine]
    this.rule('StandDownEnded', { status: STOPPED_BY_HAND, stateMachineArn: standDown }).addTarget(
      this.target(fn),
    )
    return fn
  }

  /** The ends of a job template's executions: a rule for as many machines as its pattern has room for. */
  followEnds(stateMachineArn: string): void {
    const last = this.ends.at(-1)
    if (last && last.length < MACHINES_A_RULE) {
      last.push(stateMachineArn)
      return
    }
    const arns = [stateMachineArn]
    const id = `JobEnded${this.ends.push(arns) === 1 ? '' : this.ends.length}`
    const detail = { status: NOT_COMMITTED, stateMachineArn: Lazy.any({ produce: () => arns }) }
    this.rule(id, detail).addTarget(this.target(this.settler))
  }

  /** What becomes of the executions of a machine that knows nothing of Standdown, from their start. */
  followExecutions(id: string, stateMachineArn: string): void {
    this.rule(id, { stateMachineArn: [stateMachineArn] }).addTarget(this.target(this.settler))
  }

  private rule(id: string, detail: Record<string, unknown>): events.Rule {
    const detailType = ['Step Functions Execution Status Change']
    return new events.Rule(this, id, { eventPattern: { source: ['aws.states'], detailType, detail } })
  }

  private sweep(): void {
    const fn = this.keeper('Sweep', 'functions/events/sweep.ts')
    this.shared.table.grantIndex(fn, 'active')
    this.shared.machines.grant(fn, 'ListExecutions')
    permit({ grantee: fn, actions: ['ListExecutions'] }, this.shared.machines.arnsOf(STAND_DOWN))
    // Sends again what the bus did not take.
    fn.addEnvironment('BUS_NAME', this.bus.eventBusName)
    this.bus.grantPutEventsTo(fn)
    const schedule = events.Schedule.rate(Duration.minutes(1))
    new events.Rule(this, 'EveryMinute', { schedule, targets: [this.target(fn)] })
  }

  /** Brings jobs on: starts, stops and describes their executions and their stand-down. */
  private keeper(id: string, entry: string): lambda.Function {
    const { shared, undelivered } = this
    const limits = { timeout: Duration.minutes(5), deadLetterQueue: undelivered, settles: true }
    const fn = new ProductFunction(this, id, { shared, entry, ...limits })
    shared.table.grantItems(fn)
    shared.machines.grant(fn, 'StartExecution', 'StopExecution', 'DescribeExecution')
    const actions = ['StartExecution', 'DescribeExecution'] as const
    permit({ grantee: fn, actions }, shared.machines.arnsOf(STAND_DOWN))
    return fn
  }

  /** For a rule: what cannot be delivered for a day is kept. */
  target(fn: lambda.Function): targets.LambdaFunction {
    const retries = { retryAttempts: 185, maxEventAge: Duration.hours(24) }
    return new targets.LambdaFunction(fn, { deadLetterQueue: this.undelivered, ...retries })
  }

  private notify(): lambda.Function {
    const { shared } = this
    const fn = new ProductFunction(this, 'Notify', {
      shared,
      entry: 'functions/events/notify.ts',
      timeout: Duration.minutes(1),
      environment: { BUS_NAME: this.bus.eventBusName },
    })
    shared.table.grantPut(fn)
    this.bus.grantPutEventsTo(fn)
    this.follow(fn, streamPatterns())
    return fn
  }

  /** Gives a function the changes of the table that a pattern lets through, in order; what it fails at comes again. */
  follow(fn: lambda.Function, patterns: object[]): void {
    Validations.of(fn.role!).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Like X-Ray, dynamodb:ListStreams has no resources; a stream can only be read by its own ARN',
    })
    fn.addEventSource(
      new DynamoEventSource(this.shared.table.table as dynamodb.ITable, {
        startingPosition: lambda.StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        retryAttempts: 100,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        onFailure: new SqsDlq(this.unsent),
        filters: patterns.map((pattern) => lambda.FilterCriteria.filter(pattern)),
      }),
    )
  }
}
