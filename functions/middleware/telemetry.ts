import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { MiddlewareObj } from '@middy/core'
import { replaceControl } from '#core/text/control.ts'

/** The logger's JSON escapes what is below U+0020 itself, as the line breaks of a stack trace, and nothing else. */
const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'string'
    ? replaceControl(value, (character) => (character < ' ' ? character : ' '))
    : value

export const logger = new Logger({ jsonReplacerFn: plain })
const metrics = new Metrics()

/** The job's id on every line of this invocation from here on. */
export const logJob = (job_execution_id: string): void => logger.appendKeys({ job_execution_id })

/** Publishes these metrics now, zeros as well: an alarm knows a zero from silence. */
export function measure(counts: Record<string, number>): void {
  for (const [name, count] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, count)
  metrics.publishStoredMetrics()
}

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
