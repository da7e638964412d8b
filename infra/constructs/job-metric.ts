import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import { METRICS, METRICS_NAMESPACE, type Metric } from '#core/metrics.ts'

type Reading = { prefix: string; statistic: string; label?: string }

/** What the functions of one deployment measure, in periods of five minutes. */
export function jobMetric(name: Metric, { prefix, ...reading }: Reading): cloudwatch.Metric {
  const metric = {
    namespace: METRICS_NAMESPACE,
    metricName: METRICS[name],
    dimensionsMap: { service: prefix },
  }
  return new cloudwatch.Metric({ ...metric, ...reading, period: Duration.minutes(5) })
}
