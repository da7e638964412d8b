import type { ActionOf, ActionParts, ActionResult, ActionTools } from '../actions/action.ts'
import { ActionRefused, ActionTimedOut, ActionUnavailable } from '../actions/errors.ts'
import { callPhase, handles } from './call-phase.ts'
import type { FunctionEnd, LambdaCheckpoint } from './checkpoint.ts'
import type { Called } from './functions.ts'
import { ownError } from './own-error.ts'
import { tellOnceStopping } from './tell-stopping.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
/** An attempt that found no free Lambda for so long ends, and another goes on: the call must fit its Lambda's time. */
const PATIENCE_MS = 240_000
/** More of an answer is not kept for the revert. */
const MAX_ANSWER = 16 * 1024

/**
 * Calls the function, and waits for its answer. Nobody can stop a function but itself: under a graceful abort it is told,
 * where it can be, and waited for in any case.
 *
 * @throws ActionRefused, ActionTimedOut, ActionUnavailable, the function's own error
 */
export async function runLambda(
  parts: ActionParts,
  action: ActionOf<'lambda'>,
  tools: ActionTools,
): Promise<ActionResult> {
  const kept = tools.resumeFrom?.action_type === 'lambda' ? tools.resumeFrom : null
  const run: LambdaCheckpoint = { action_type: 'lambda', action, sent: kept?.sent ?? 0, end: null }
  const until = parts.now() + PATIENCE_MS
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    run.sent += 1
    await beforeCall(run, tools)
    const { called, told } = await call(parts, run, tools)
    if (called.kind === 'answer') {
      return handles(action, 'revert') ? { action, answer: bounded(called.answer) } : null
    }
    if (called.kind !== 'busy' && called.kind !== 'lost') return fail(called, told, { run, tools })
    if (called.kind === 'busy') run.sent -= 1
    if (parts.now() + pause > until) throw new ActionUnavailable(called.why)
    await parts.sleep(pause, tools.stopping)
  }
}

/** Where the call is not made after all, that is kept, too: the clean-up would take it for one that may run. */
async function beforeCall(run: LambdaCheckpoint, tools: ActionTools): Promise<void> {
  try {
    await tools.pointOfNoReturn({ ...run })
  } catch (error) {
    await tools.checkpoint({ ...run, sent: run.sent - 1 }).catch(() => undefined)
    throw error
  }
}

async function call(parts: ActionParts, { action, sent }: LambdaCheckpoint, tools: ActionTools) {
  const { signal, job } = tools
  const answered = new AbortController()
  const telling = tellOnceStopping(parts, action, { tools, answered: answered.signal })
  const calling = callPhase(parts.functions, { action, job, phase: 'run', signal, more: { sent } })
  try {
    return { called: await calling, told: await finished(telling, answered) }
  } finally {
    answered.abort()
    await telling.catch(() => undefined)
  }
}

function finished(telling: Promise<boolean>, answered: AbortController): Promise<boolean> {
  answered.abort()
  return telling
}

type Failing = { run: LambdaCheckpoint; tools: ActionTools }
type Failed = Exclude<Called, { kind: 'answer' }>

/** What is kept of the end is for the clean-up. A function that ends badly after it was told to stop has stopped. */
async function fail(called: Failed, told: boolean, { run, tools }: Failing): Promise<never> {
  const error = errorOf(called)
  await tools.checkpoint({ ...run, end: endOf(called, told, error) }).catch(() => undefined)
  throw error
}

function endOf({ kind }: Failed, told: boolean, { name, message }: Error): FunctionEnd {
  if (kind === 'error') return { kind: told ? 'stopped' : 'failed', why: `${name}: ${message}`.slice(0, 500) }
  return { kind: kind === 'refused' ? 'refused' : 'unknown', why: message.slice(0, 500) }
}

function errorOf(called: Failed): Error {
  if (called.kind === 'error') return ownError(called)
  return called.kind === 'late' ? new ActionTimedOut(called.why) : new ActionRefused(called.why)
}

function bounded(answer: unknown): unknown {
  return Buffer.byteLength(JSON.stringify(answer ?? null)) <= MAX_ANSWER ? answer : null
}
