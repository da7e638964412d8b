import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { MiddlewareObj, Request } from '@middy/core'
import { ERROR_NAMES } from '#core/errors.ts'
import { logger } from './log.ts'
import type { StepContext, StepEventPayload } from './middleware.ts'

const idOf = (event: StepEventPayload): string | undefined =>
  event?.standdown && ('hook' in event.standdown ? event.standdown.key : event.standdown).job_execution_id

function ending(event: StepEventPayload, standdown: StepContext['standdown']): string {
  if ('hook' in event.standdown) return 'HookFinished'
  return 'tools' in standdown ? 'StepFinished' : 'StepRepeated'
}

/** One line and one metric for each invocation; the job's id on every line. */
export function telemetry(step: string): MiddlewareObj<StepEventPayload> {
  const metrics = new Metrics({ defaultDimensions: { step } })
  const report = (name: string, error?: Error): void => {
    const isSignal = error !== undefined && Object.hasOwn(ERROR_NAMES, error.name)
    if (error && !isSignal) logger.error(name, error)
    else logger.info(name, error ? { reason: error.message } : {})
    // An author's error may have any name, a metric may not.
    metrics.addMetric(error && !isSignal ? 'StepFailed' : name, MetricUnit.Count, 1)
    metrics.publishStoredMetrics()
  }
  return {
    before: (request) => {
      const standdown = request.event?.standdown
      logger.resetKeys()
      logger.appendKeys({ step, job_execution_id: idOf(request.event) })
      if (standdown && 'hook' in standdown) logger.appendKeys({ hook: standdown.hook })
    },
    after: ({ event, context }) => report(ending(event, (context as StepContext).standdown)),
    onError: ({ error }: Request<StepEventPayload>) =>
      report(error?.name ?? 'StepFailed', error ?? undefined),
  }
}
