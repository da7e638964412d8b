import { CannotCleanUp } from '#sdk/index.ts'
import type { ActionHookTools, ActionOf, ActionParts } from '../actions/action.ts'
import { abortOperation } from './abort-operation.ts'
import type { HttpCheckpoint } from './checkpoint.ts'
import { Operation } from './operation.ts'
import { FIRST_PAUSE_MS, longer } from './pauses.ts'
import type { Values } from './template.ts'

/**
 * Aborts what may still go on, and waits for its real end: only what was undone is cleaned up.
 *
 * @throws CannotCleanUp where it was done all the same, failed, or nobody can tell; ActionRefused where its abort is
 */
export async function abortHttp(
  parts: ActionParts,
  kept: HttpCheckpoint,
  tools: ActionHookTools,
): Promise<void> {
  const { phase, end } = kept
  if (phase === 'new' || end?.kind === 'cancelled' || end?.kind === 'refused') return
  const became = end?.kind === 'failed' ? end : await endOf(parts, kept, tools)
  if (became.kind === 'cancelled') return
  // In a job that nobody aborts its failure is told already, and nothing of it goes on.
  if (became.kind === 'failed' && tools.mode === null) return
  const how = became.kind === 'done' ? 'it was done before it could be aborted: ' : ''
  throw new CannotCleanUp(`${how}${became.why}`)
}

async function endOf(parts: ActionParts, kept: HttpCheckpoint, { signal, save, job }: ActionHookTools) {
  const operation = new Operation(parts.web, kept, job)
  const { abort, status, start } = kept.action.input_parameters
  if (kept.phase === 'starting' && start.idempotent && abort) {
    const why = await whyNotLearnt(parts, operation, signal)
    if (why !== null) return { kind: 'unknown', why: `whether it was started is not known: ${why}` } as const
  }
  if (abort) return abortOperation(parts, operation, { signal, keep: () => save({ ...kept }) })
  const canLook = status && (kept.phase === 'started' || operation.hasFixedStatus)
  const { kind, why } = canLook ? await operation.look(signal) : { kind: 'away', why: 'it has no status' }
  if (kind === 'done' || kind === 'cancelled' || kind === 'failed') return { kind, why } as const
  return { kind: 'unknown', why: kept.end?.why ?? `it may go on, as it has no abort: ${why}` } as const
}

/** The answer to the start was lost with its attempt: a service that knows the key gives it again. Null where it does. */
async function whyNotLearnt(
  parts: ActionParts,
  operation: Operation,
  signal: AbortSignal,
): Promise<string | null> {
  for (let pause = FIRST_PAUSE_MS; ; pause = longer(pause)) {
    const replied = await operation.start(signal)
    if (replied.kind === 'answer') return null
    // Refused may only be its repetition, as where its secret has changed.
    if (replied.kind === 'refused') return replied.why
    await parts.sleep(pause, signal)
    signal.throwIfAborted()
  }
}

/** @throws CannotCleanUp where the other side says no */
export async function revertHttp(
  parts: ActionParts,
  { action, values }: { action: ActionOf<'http'>; values: Values },
  { signal, job }: ActionHookTools,
): Promise<void> {
  const kept: HttpCheckpoint = {
    ...{ action_type: 'http', action, values, phase: 'started' },
    ...{ began: 0, aborted_at: null, end: null },
  }
  const operation = new Operation(parts.web, kept, job)
  for (let pause = FIRST_PAUSE_MS; ; pause = longer(pause)) {
    const replied = await operation.revert(signal)
    if (replied.kind === 'answer') return
    if (replied.kind === 'refused') throw new CannotCleanUp(replied.why)
    await parts.sleep(pause, signal)
    signal.throwIfAborted()
  }
}
