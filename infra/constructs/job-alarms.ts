import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as sns from 'aws-cdk-lib/aws-sns'
import type * as sqs from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Metric } from '#core/metrics.ts'
import { bundleName } from '../bundle/layout.ts'
import { jobMetric } from './job-metric.ts'
import type { ProductFunction } from './product-function.ts'

export type JobAlarmsProps = {
  prefix: string
  topic: sns.ITopic
  functions: ProductFunction[]
  deadLetters: Record<string, sqs.IQueue>
  /** Reads the table's stream. */
  notifier: lambda.IFunction
}

/** A metric of five minutes, and how often in a row it has to be above, or below, its threshold. */
type Watch = { metric: cloudwatch.IMetric; above?: number; below?: number; times?: number; says: string }

const PERIOD = Duration.minutes(5)
/** The stream forgets after a day; its reader is behind for this long before somebody is told. */
const STREAM_AGE = Duration.minutes(5)

/** Who runs the deployment is told of what does not mend itself. Each alarm has a paragraph in docs/operations.md. */
export class JobAlarms extends Construct {
  private readonly props: JobAlarmsProps

  constructor(scope: Construct, id: string, props: JobAlarmsProps) {
    super(scope, id)
    this.props = props
    this.watchQueues()
    for (const fn of props.functions) this.watchFunction(fn)
    this.watchReader('stream-age', props.notifier)
    this.watchJobs()
  }

  private watchQueues(): void {
    for (const [name, queue] of Object.entries(this.props.deadLetters)) {
      const metric = queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' })
      this.watch(name, { metric, above: 0, says: `the queue ${name} holds what could not be delivered` })
    }
  }

  /** One error is repeated by whoever called; errors for ten minutes are not passing. */
  private watchFunction(fn: ProductFunction): void {
    const name = bundleName(fn.entry).replaceAll('/', '-')
    const errors = fn.metricErrors({ period: PERIOD })
    this.watch(`errors-${name}`, {
      metric: errors,
      above: 0,
      times: 2,
      says: `${name} fails again and again`,
    })
    const throttles = fn.metricThrottles({ period: PERIOD })
    this.watch(`throttles-${name}`, {
      metric: throttles,
      above: 0,
      times: 2,
      says: `${name} finds no free Lambda`,
    })
  }

  /** Of a function that reads the table's stream. */
  watchReader(name: string, fn: lambda.IFunction): void {
    const metric = fn.metric('IteratorAge', { period: PERIOD, statistic: 'Maximum' })
    this.watch(name, { metric, above: STREAM_AGE.toMilliseconds(), says: 'notifications are late' })
  }

  /** What the sweeper finds, and that it sweeps. */
  private watchJobs(): void {
    const { prefix } = this.props
    const found = (name: Metric) => jobMetric(name, { prefix, statistic: 'Maximum' })
    const failed = found('CleanUpsFailed')
    this.watch('clean-ups-failed', { metric: failed, above: 0, says: 'a job left something behind' })
    const late = found('CancellingOverAnHour')
    this.watch('cancelling-over-an-hour', {
      metric: late,
      above: 0,
      says: 'a job is CANCELLING for too long',
    })
    const unswept = found('JobsNotSwept')
    this.watch('jobs-not-swept', { metric: unswept, above: 0, times: 2, says: 'a job cannot be brought on' })
    const refused = found('NotificationsRefused')
    this.watch('notifications-refused', { metric: refused, above: 0, times: 2, says: 'the bus refuses some' })
    const metric = jobMetric('Sweeps', { prefix, statistic: 'Sum' })
    this.watch('sweeps-missed', { metric, below: 1, says: 'no sweep came to its end for five minutes' })
  }

  private watch(name: string, { metric, above, below, times = 1, says }: Watch): void {
    const { ComparisonOperator, TreatMissingData } = cloudwatch
    const isBelow = below !== undefined
    const alarm = new cloudwatch.Alarm(this, name, {
      alarmName: `${this.props.prefix}-${name}`,
      alarmDescription: says,
      metric,
      comparisonOperator: isBelow
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: below ?? above ?? 0,
      evaluationPeriods: times,
      // What never ran has no metric at all.
      treatMissingData: isBelow ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    })
    const action = new SnsAction(this.props.topic)
    alarm.addAlarmAction(action)
    alarm.addOkAction(action)
  }
}
