import type { MiddlewareObj, Request } from '@middy/core'
import type { Context } from 'aws-lambda'
import type { HookPayload } from '#core/hook-payload.ts'
import type { StepPayload } from '#core/template.ts'
import { Attempt } from './attempt.ts'
import { claimStep, LONGEST_LAMBDA_MS } from './claim.ts'
import type { StepDeps } from './deps.ts'
import { jobInfo, runHook } from './run-hook.ts'
import type { RunTools, StepDefinition } from './types.ts'

type Definition = StepDefinition<unknown, unknown, unknown>
export type StepEventPayload = StepPayload | HookPayload
export type StepContext = Context & { standdown: RunTools<unknown> }
type StepRequest = Request<StepEventPayload, unknown, Error, Context, { attempt?: Attempt }>

const isHook = (event: StepEventPayload): event is HookPayload => 'hook' in event.standdown

/** The step was called by something else than an AbortableJob or a stand-down. */
export class StepPayloadError extends Error {
  override readonly name = 'StepPayloadError'
}

/**
 * Makes a Lambda handler a step: claims before it, gives it the tools as `context.standdown`, records how
 * it ended. A repeat of a finished step answers the kept result; a hook's payload runs the hook instead.
 */
export function abortable(definition: Definition, deps: () => StepDeps): MiddlewareObj<StepEventPayload> {
  const before = async (request: StepRequest): Promise<void> => {
    check(definition, request.event)
    const remainingMs = request.context.getRemainingTimeInMillis?.()
    if (isHook(request.event)) {
      const payload = request.event
      request.earlyResponse = await runHook(deps(), definition, {
        payload,
        remainingMs: remainingMs ?? 60_000,
      })
      return
    }
    const claimed = await claimStep(deps(), request.event.standdown, remainingMs)
    if (claimed.kind === 'done') {
      request.earlyResponse = claimed.result
      return
    }
    const attempt = new Attempt(deps(), { ...claimed, remainingMs: remainingMs ?? LONGEST_LAMBDA_MS })
    request.internal.attempt = attempt
    const { step, job } = claimed
    const tools: RunTools<unknown> = {
      signal: attempt.signal,
      checkpoint: (data) => attempt.checkpoint(data),
      pointOfNoReturn: () => attempt.pointOfNoReturn(),
      progress: (progress) => attempt.progress(progress),
      resumeFrom: step.checkpoint,
      attempt: step.attempt,
      index: step.index,
      job: jobInfo(job),
    }
    Object.assign(request.context, { standdown: tools })
  }
  const after = async (request: StepRequest): Promise<void> => {
    const { attempt } = request.internal
    await attempt?.finish(request.response ?? null)
    delete request.internal.attempt
  }
  const onError = async (request: StepRequest): Promise<void> => {
    const { attempt } = request.internal
    if (attempt) throw await attempt.fail(request.error)
  }
  return { before, after, onError } as MiddlewareObj<StepEventPayload>
}

function check(definition: Definition, event: StepEventPayload): void {
  const told = event?.standdown
  const name = told && ('hook' in told ? told.key.name : told.step)
  if (name === definition.name) return
  throw new StepPayloadError(
    `the step ${definition.name} was called for ${name ?? 'no step'}: call it through an AbortableJob`,
  )
}
