import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { MiddlewareObj } from '@middy/core'

/** JSON leaves these raw: a terminal that shows the log would obey them. */
const CONTROL = /[\u007f-\u009f\u2028\u2029]/g
const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replace(CONTROL, ' ') : value

export const logger = new Logger({ jsonReplacerFn: plain })
const metrics = new Metrics()

/** The job's id on every line of this invocation from here on. */
export const logJob = (job_execution_id: string): void => logger.appendKeys({ job_execution_id })

/** Counts invocations and failures of the function; logs what was `refused`, and what failed unexpectedly. */
export function telemetry(name: string, refused: (error: Error) => boolean = () => false): MiddlewareObj {
  const count = (metric: string): void => {
    metrics.addMetric(metric, MetricUnit.Count, 1)
    metrics.publishStoredMetrics()
  }
  return {
    before: () => logger.resetKeys(),
    after: () => count(`${name}Done`),
    onError: ({ error }) => {
      if (error && refused(error)) {
        logger.info(`${name} refused: ${error.message}`)
        count(`${name}Refused`)
        return
      }
      logger.error(`${name} failed`, error as Error)
      count(`${name}Failed`)
    },
  }
}
