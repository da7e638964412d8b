import type { ActionOf, ActionParts, ActionResult, ActionTools } from '../actions/action.ts'
import {
  ActionRefused,
  ActionTimedOut,
  ActionUnavailable,
  OperationFailed,
  StartUnanswered,
} from '../actions/errors.ts'
import { abortOperation } from './abort-operation.ts'
import type { HttpCheckpoint, OperationEnd } from './checkpoint.ts'
import { Operation } from './operation.ts'
import { FIRST_PAUSE_MS, longer } from './pauses.ts'

const DEFAULT_TIMEOUT = 3_600
/** A start that is not taken for so long ends the attempt, and another goes on. */
const PATIENCE_MS = 600_000
/** An operation that was just started may not be known everywhere yet. */
const UNSEEN_MS = 60_000

type Run = { parts: ActionParts; operation: Operation; tools: ActionTools }

/**
 * Starts the operation, once, and waits for its end. Under a graceful abort it is aborted where it can be, and what then
 * becomes of it decides.
 *
 * @throws ActionRefused, ActionTimedOut, ActionUnavailable, OperationFailed, StartUnanswered
 */
export async function runHttp(
  parts: ActionParts,
  action: ActionOf<'http'>,
  tools: ActionTools,
): Promise<ActionResult> {
  const kept = tools.resumeFrom?.action_type === 'http' ? tools.resumeFrom : newOperation(action, parts.now())
  const run = { parts, operation: new Operation(parts.web, kept, tools.job), tools }
  await start(run)
  const { status, revert } = action.input_parameters
  if (status) await untilEnd(run)
  return revert ? { action, answer: kept.values } : null
}

const newOperation = (action: ActionOf<'http'>, began: number): HttpCheckpoint => ({
  action_type: 'http',
  action,
  began,
  phase: 'new',
  values: {},
  aborted_at: null,
  end: null,
})

/** That its request may be sent is kept before it is. */
async function start(run: Run): Promise<void> {
  const { operation, tools, parts } = run
  const { kept } = operation
  if (kept.phase === 'starting')
    await goOnUnanswered(run, 'the attempt that started it ended before its answer')
  const until = parts.now() + PATIENCE_MS
  for (let pause = FIRST_PAUSE_MS; !hasStarted(kept); pause = longer(pause)) {
    await beforeStart(run)
    const replied = await operation.start(tools.signal)
    if (replied.kind === 'refused')
      return end(run, { kind: 'refused', why: replied.why }, new ActionRefused(replied.why))
    if (replied.kind === 'busy') kept.phase = 'new'
    if (replied.kind === 'lost') await goOnUnanswered(run, replied.why)
    if (replied.kind === 'answer' || hasStarted(kept)) break
    if (parts.now() + pause > until) throw new ActionUnavailable(replied.why)
    await parts.sleep(pause, tools.stopping)
  }
  await keep(run)
}

const hasStarted = ({ phase }: HttpCheckpoint): boolean => phase === 'started'

async function beforeStart({ operation: { kept }, tools }: Run): Promise<void> {
  const { phase } = kept
  kept.phase = 'starting'
  try {
    await tools.pointOfNoReturn({ ...kept })
  } catch (error) {
    // It is not sent after all: the clean-up would take it for one that may be.
    if (phase === 'new') await tools.checkpoint({ ...kept, phase }).catch(() => undefined)
    throw error
  }
}

/** Its answer was lost: it is sent again only where the other side knows its key, else looked for, where it can be. */
async function goOnUnanswered(run: Run, why: string): Promise<void> {
  const { operation } = run
  if (operation.kept.action.input_parameters.start.idempotent) return
  if (!operation.hasFixedStatus) {
    const text = `whether it was started is not known, and start is not idempotent: ${why}`
    return end(run, { kind: 'unknown', why: text }, new StartUnanswered(text))
  }
  operation.kept.phase = 'started'
}

const keep = ({ operation: { kept }, tools }: Run): Promise<void> =>
  tools.checkpoint({ ...kept }).catch(() => undefined)

async function end(run: Run, how: OperationEnd, error: Error): Promise<never> {
  run.operation.kept.end = how
  await keep(run)
  throw error
}

async function untilEnd(run: Run): Promise<void> {
  const { parts, operation, tools } = run
  const { action, began } = operation.kept
  const { abort, timeout = DEFAULT_TIMEOUT } = action.input_parameters
  const seenBy = parts.now() + UNSEEN_MS
  for (let pause = FIRST_PAUSE_MS; ; pause = longer(pause)) {
    tools.signal.throwIfAborted()
    if (abort && tools.stopping.aborted) return afterAbort(run)
    const look = await operation.look(tools.signal)
    await keep(run)
    if (look.kind === 'done') return
    if (look.kind === 'failed')
      return end(run, { kind: 'failed', why: look.why }, new OperationFailed(look.why))
    if (look.kind === 'cancelled') {
      const why = `${look.why}: it was cancelled by somebody else`
      return end(run, { kind: 'cancelled', why }, new OperationFailed(why))
    }
    const isGone = look.kind === 'refused' || (look.kind === 'absent' && parts.now() > seenBy)
    if (isGone) return end(run, { kind: 'unknown', why: look.why }, new ActionRefused(look.why))
    if (parts.now() > began + timeout * 1_000) {
      const why = `it has not ended within ${timeout} s: ${look.why}`
      return end(run, { kind: 'unknown', why }, new ActionTimedOut(why))
    }
    // Without an abort only force ends the wait.
    await parts.sleep(pause, abort ? tools.stopping : tools.signal)
  }
}

async function afterAbort(run: Run): Promise<void> {
  const { parts, operation, tools } = run
  const became = await abortOperation(parts, operation, { signal: tools.signal, keep: () => keep(run) })
  if (became.kind === 'done') return
  await end(run, became, tools.stopping.reason)
}
