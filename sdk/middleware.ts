import type { MiddlewareObj, Request } from '@middy/core'
import type { Context } from 'aws-lambda'
import type { HookPayload } from '#core/clean-up/hook-payload.ts'
import type { StepPayload } from '#core/template.ts'
import { Attempt, type Claim } from '#engine/steps/attempt.ts'
import { claimStep, LONGEST_LAMBDA_MS } from '#engine/steps/claim.ts'
import { runHook } from '#engine/steps/hook.ts'
import type { StepPorts } from '#engine/steps/ports.ts'
import { allSettled, type RunTools } from '#engine/steps/tools.ts'
import type { StepDefinition } from './types.ts'

type Definition = StepDefinition<unknown, unknown, unknown>
export type StepEventPayload = StepPayload | HookPayload
/** The handler runs with the tools; where there is nothing to run, `answer` is already what it would give. */
export type StepContext = Context & { standdown: { tools: RunTools<unknown> } | { answer: unknown } }
type StepRequest = Request<StepEventPayload, unknown, Error, Context, { attempt?: Attempt }>

const isHook = (event: StepEventPayload): event is HookPayload => 'hook' in event.standdown

/** The step was called by something else than an AbortableJob or a stand-down. */
export class StepPayloadError extends Error {
  override readonly name = 'StepPayloadError'
}

/**
 * Makes a Lambda handler a step: claims before it, gives it the tools in `context.standdown`, records how
 * it ended. A repeat of a finished step answers the kept result; a hook's payload runs the hook instead.
 */
export function abortable(definition: Definition, ports: () => StepPorts): MiddlewareObj<StepEventPayload> {
  const before = async ({ event, context, internal }: StepRequest): Promise<void> => {
    check(definition, event)
    const remainingMs = context.getRemainingTimeInMillis?.() ?? LONGEST_LAMBDA_MS
    const give = (standdown: StepContext['standdown']) => Object.assign(context, { standdown })
    if (isHook(event)) {
      give({ answer: await runHook(ports(), hooksOf(definition), { payload: event, remainingMs }) })
      return
    }
    const function_arn = context.invokedFunctionArn ?? null
    const claimed = await claimStep(ports(), event.standdown, { remainingMs, function_arn })
    if (claimed.kind === 'done') {
      give({ answer: claimed.result })
      return
    }
    internal.attempt = new Attempt(ports(), claimed.claim)
    give({ tools: toolsOf(internal.attempt, claimed.claim) })
  }
  const after = async (request: StepRequest): Promise<void> => {
    const { attempt } = request.internal
    await attempt?.finish(request.response ?? null)
    delete request.internal.attempt
  }
  const onError = async (request: StepRequest): Promise<void> => {
    const { attempt } = request.internal
    if (attempt) request.error = (await attempt.fail(request.error)) as Error
  }
  return { before, after, onError } as MiddlewareObj<StepEventPayload>
}

const hooksOf = (definition: Definition) => ({
  ...(definition.abort ? { abort: definition.abort.bind(definition) } : {}),
  ...(definition.revert ? { revert: definition.revert.bind(definition) } : {}),
})

const toolsOf = (attempt: Attempt, { step, resumeFrom, info }: Claim): RunTools<unknown> => ({
  stopping: attempt.stopping,
  signal: attempt.signal,
  all: allSettled,
  checkpoint: (data) => attempt.checkpoint(data),
  pointOfNoReturn: (data) => attempt.pointOfNoReturn(data),
  progress: (progress) => attempt.progress(progress),
  resumeFrom,
  attempt: step.attempt,
  index: step.index,
  job: info,
})

function check(definition: Definition, event: StepEventPayload): void {
  const standdown = event?.standdown
  const name = standdown && ('hook' in standdown ? standdown.key.name : standdown.step)
  if (name === definition.name) return
  throw new StepPayloadError(
    `the step ${definition.name} was called for ${name ?? 'no step'}: call it through an AbortableJob`,
  )
}
