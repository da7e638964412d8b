import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as sns from 'aws-cdk-lib/aws-sns'
import type * as sqs from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
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

/** A metric of five minutes, and how often in a row it has to be over its threshold. */
type Watch = { metric: cloudwatch.IMetric; above: number; times?: number; says: string }

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
    this.watchStream()
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

  private watchStream(): void {
    const metric = this.props.notifier.metric('IteratorAge', { period: PERIOD, statistic: 'Maximum' })
    this.watch('stream-age', { metric, above: STREAM_AGE.toMilliseconds(), says: 'notifications are late' })
  }

  private watchJobs(): void {
    const { prefix } = this.props
    const failed = jobMetric('CleanUpsFailed', { prefix, statistic: 'Sum' })
    this.watch('clean-ups-failed', { metric: failed, above: 0, says: 'a step could not be cleaned up' })
    const late = jobMetric('CancellingOverAnHour', { prefix, statistic: 'Maximum' })
    this.watch('cancelling-over-an-hour', {
      metric: late,
      above: 0,
      says: 'a job is CANCELLING for over an hour',
    })
    const alarm = new cloudwatch.Alarm(this, 'sweeps-missed', {
      alarmName: `${prefix}-sweeps-missed`,
      alarmDescription: 'no sweep came to its end for five minutes',
      metric: jobMetric('SweepDone', { prefix, statistic: 'Sum' }),
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      // A sweep that never ran has no metric at all.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    })
    this.tell(alarm)
  }

  private watch(name: string, { metric, above, times = 1, says }: Watch): void {
    const alarm = new cloudwatch.Alarm(this, name, {
      alarmName: `${this.props.prefix}-${name}`,
      alarmDescription: says,
      metric,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: above,
      evaluationPeriods: times,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    })
    this.tell(alarm)
  }

  private tell(alarm: cloudwatch.Alarm): void {
    const action = new SnsAction(this.props.topic)
    alarm.addAlarmAction(action)
    alarm.addOkAction(action)
  }
}
