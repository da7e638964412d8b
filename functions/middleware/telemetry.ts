import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { MiddlewareObj } from '@middy/core'

export const logger = new Logger()
const metrics = new Metrics()

/** The job's id on every line of this invocation from here on. */
export const logJob = (job_execution_id: string): void => logger.appendKeys({ job_execution_id })

/** Counts invocations and failures of the function, and logs what failed unexpectedly. */
export function telemetry(name: string): MiddlewareObj {
  const count = (metric: string): void => {
    metrics.addMetric(metric, MetricUnit.Count, 1)
    metrics.publishStoredMetrics()
  }
  return {
    before: () => logger.resetKeys(),
    after: () => count(`${name}Done`),
    onError: ({ error }) => {
      logger.error(`${name} failed`, error as Error)
      count(`${name}Failed`)
    },
  }
}
