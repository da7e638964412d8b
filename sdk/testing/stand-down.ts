import { setTimeout as pause } from 'node:timers/promises'
import type { ExecutionEnd, Job } from '#core/job/job.ts'
import type { MemoryPorts } from '#engine/memory/ports.ts'
import type { StandDownInput } from '#engine/ports.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { type HookInvocation, nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import type { InvokedHandler } from '../define-step.ts'
import { lambdaContext } from './lambda-context.ts'

const AGAIN_MS = 10

type Handlers = Record<string, InvokedHandler>

export async function endOf({ executions }: MemoryPorts, job: Job): Promise<ExecutionEnd> {
  const found = await executions.describe(job.execution_arn)
  return found?.end ?? { status: 'NOT_STARTED', error: null, cause: null }
}

/** The stand-down's workflow from drain to settle, as its state machine runs it. */
export async function standDown(ports: MemoryPorts, job: Job, handlers: Handlers): Promise<Job> {
  const end = await endOf(ports, job)
  const input: StandDownInput = { job_execution_id: job.job_execution_id, end, call: 'stand-down' }
  while ((await drain(ports, input)).running > 0) await pause(AGAIN_MS)
  await cleanUp(ports, input, handlers)
  return settleJob(ports, input)
}

/** The Map over the hooks, with its Retry of a busy step and its Catch. */
export async function cleanUp(ports: MemoryPorts, input: StandDownInput, handlers: Handlers): Promise<void> {
  let results: HookInvocation[] = []
  for (;;) {
    const { calls } = await nextHookRound(ports, { ...input, results })
    if (calls.length === 0) return
    results = await Promise.all(calls.map((call) => runCall(call, handlers)))
  }
}

async function runCall(call: HookInvocation, handlers: Handlers): Promise<HookInvocation> {
  const handler = handlers[call.payload.standdown.key.name]!
  for (;;) {
    try {
      await handler(call.payload, lambdaContext())
      return call
    } catch (error) {
      const { name, message } = error as Error
      if (name !== 'StepBusy')
        return { ...call, error: { Error: name, Cause: JSON.stringify({ errorMessage: message }) } }
      await pause(AGAIN_MS)
    }
  }
}
