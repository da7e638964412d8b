import middy, { type MiddlewareObj } from '@middy/core'
import { HOOKS } from '#core/clean-up/hook.ts'
import type { HookPayload } from '#core/clean-up/hook-payload.ts'
import { LONGEST_LAMBDA_MS } from '#engine/steps/claim.ts'
import { type HookFunctions, runHook } from '#engine/steps/hook.ts'
import type { StepPorts } from '#engine/steps/ports.ts'
import type { ExternalHookTools } from '#engine/steps/tools.ts'
import type { InvokedHandler } from './define-step.ts'
import { deployedStepPorts } from './deployed-ports.ts'
import { StepPayloadError } from './middleware.ts'
import { telemetry } from './telemetry.ts'
import type { StepMetadata } from './types.ts'

/** The hooks of a step whose work is a task that runs no code of yours, as a Glue job or a cluster of EMR. */
export type HooksDefinition<Result> = {
  /** The step's. */
  name: string
  /**
   * Whether what the task began is over. Asked before each call of `abort` where it was asked to stop: until it says so
   * `abort` is called again, with `ended: false`. @default nobody looks, `ended` is null
   */
  hasEnded?(tools: ExternalHookTools<Result>): Promise<boolean>
  /** Frees what an interrupted or failed task left behind. May run more than once. */
  abort?(tools: ExternalHookTools<Result>): Promise<void>
  /** Undoes a finished task; `result` is what it answered. May run more than once. */
  revert?(tools: ExternalHookTools<Result>): Promise<void>
}

/**
 * Makes a Lambda handler of the clean-up of an external step.
 *
 * @example
 * export const handler = defineHooks<{ ClusterId: string }>({
 *   name: 'cluster',
 *   async abort({ job }) { await terminateClustersNamed(job.job_execution_id) },
 *   async revert({ result }) { await terminate(result?.ClusterId) },
 * })
 */
export function defineHooks<Result>(
  definition: HooksDefinition<Result>,
  ports: () => StepPorts = deployedStepPorts,
): InvokedHandler {
  const { name } = definition
  const general = definition as HooksDefinition<unknown>
  const handler = middy({ timeoutEarlyInMillis: 0 })
    .use(telemetry(name))
    .use(hooks(general, ports))
    .handler((_event: unknown, context: unknown) => (context as { answer: unknown }).answer)
  const step: StepMetadata = {
    name,
    abortable: 'boundary',
    clean_up_after: 'lease',
    irreversible: null,
    hooks: HOOKS.filter((hook) => definition[hook] !== undefined),
    hooks_only: true,
  }
  return Object.assign(handler as unknown as InvokedHandler, { step })
}

/** Before the handler, as a step's claim is, so that the telemetry tells one from the other. */
const hooks = (definition: HooksDefinition<unknown>, ports: () => StepPorts): MiddlewareObj<HookPayload> => ({
  before: async ({ event, context }) => {
    const standdown = event?.standdown
    if (!standdown || !('hook' in standdown) || standdown.key.name !== definition.name) {
      throw new StepPayloadError(
        `the hooks of ${definition.name} were called for something else: give them to steps.external`,
      )
    }
    const remainingMs = context.getRemainingTimeInMillis?.() ?? LONGEST_LAMBDA_MS
    Object.assign(context, {
      answer: await runHook(ports(), functionsOf(definition), { payload: event, remainingMs }),
    })
  },
})

const functionsOf = (definition: HooksDefinition<unknown>): HookFunctions => {
  const { hasEnded, abort, revert } = definition
  return {
    ...(hasEnded && { hasEnded: hasEnded.bind(definition) }),
    ...(abort && { abort: abort.bind(definition) }),
    ...(revert && { revert: revert.bind(definition) }),
  }
}
