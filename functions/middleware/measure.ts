import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { METRICS, type Measured, type Metric } from '#core/metrics.ts'

const metrics = new Metrics()

/** Publishes what was measured; the namespace and the deployment come from the environment. */
export function measure(measured: Measured): void {
  for (const [name, value] of Object.entries(measured) as [Metric, number][]) {
    const unit = name.endsWith('Seconds') ? MetricUnit.Seconds : MetricUnit.Count
    metrics.addMetric(METRICS[name], unit, value)
  }
  metrics.publishStoredMetrics()
}
