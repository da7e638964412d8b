import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { Metric } from '#core/metrics.ts'
import { jobMetric } from './job-metric.ts'

/** How jobs end, how long an abort takes to stop one, how long its clean-up. */
export class JobDashboard extends Construct {
  constructor(scope: Construct, id: string, { prefix }: { prefix: string }) {
    super(scope, id)
    const count = (name: Metric, label: string) => jobMetric(name, { prefix, statistic: 'Sum', label })
    const half = (name: Metric, label: string) =>
      jobMetric(name, { prefix, statistic: 'p50', label: `${label}, half` })
    const most = (name: Metric, label: string) =>
      jobMetric(name, { prefix, statistic: 'p99', label: `${label}, 99 of 100` })
    const times = (name: Metric, label: string) => [half(name, label), most(name, label)]
    const graph = (title: string, left: cloudwatch.IMetric[], more = {}) =>
      new cloudwatch.GraphWidget({ title, left, width: 12, ...more })
    const ended = [
      count('JobsSucceeded', 'SUCCEEDED'),
      count('JobsCancelled', 'CANCELLED'),
      count('JobsFailed', 'FAILED'),
    ]
    const found = (name: Metric, label: string) => jobMetric(name, { prefix, statistic: 'Maximum', label })
    const troubles = [
      found('CleanUpsFailed', 'left something behind'),
      found('CancellingOverAnHour', 'CANCELLING for over an hour'),
      found('JobsNotSwept', 'not brought on'),
      found('NotificationsRefused', 'notifications refused'),
    ]
    const seconds = { leftYAxis: { label: 'seconds', showUnits: false } }
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: prefix,
      widgets: [
        [graph('Jobs that ended, by state', ended, { stacked: true }), graph('To be looked at', troubles)],
        [
          graph(
            'From the abort to the end of the execution',
            [...times('GracefulAbortSeconds', 'graceful'), ...times('ForcedAbortSeconds', 'force')],
            seconds,
          ),
          graph('Clean-up, from there until settled', times('CleanUpSeconds', 'clean-up'), seconds),
        ],
      ],
    })
  }
}
