import type { ActionParts } from '../actions/action.ts'
import { ActionRefused } from '../actions/errors.ts'
import type { OperationEnd } from './checkpoint.ts'
import type { Operation } from './operation.ts'
import { FIRST_PAUSE_MS, longer } from './pauses.ts'

/** Seconds. */
const DEFAULT_WAIT = 600
/** It may have ended, or be gone, when its abort comes: what it then is decides. */
const TOO_LATE = [404, 409, 410]

type Aborting = { signal: AbortSignal; keep(): Promise<void> }

/**
 * Aborts the operation, and waits for what really becomes of it: `done` all the same, `cancelled`, `failed`, or not known.
 *
 * @throws ActionRefused where its abort is, the reason of the signal
 */
export async function abortOperation(
  parts: ActionParts,
  operation: Operation,
  { signal, keep }: Aborting,
): Promise<OperationEnd | { kind: 'done'; why: string }> {
  const { kept } = operation
  const { status, abort } = kept.action.input_parameters
  if (kept.aborted_at === null) {
    await askToAbort(parts, operation, signal)
    kept.aborted_at = parts.now()
    await keep()
  }
  if (!status) return { kind: 'cancelled', why: 'its abort was taken' }
  const wait = abort?.wait ?? DEFAULT_WAIT
  for (let pause = FIRST_PAUSE_MS; ; pause = longer(pause)) {
    signal.throwIfAborted()
    const { kind, why } = await operation.look(signal)
    if (kind === 'done' || kind === 'cancelled' || kind === 'failed') return { kind, why }
    if (kind === 'absent' || kind === 'refused') return { kind: 'unknown', why: `after its abort ${why}` }
    if (parts.now() > kept.aborted_at + wait * 1_000) {
      return { kind: 'unknown', why: `${wait} s after its abort it has not ended: ${why}` }
    }
    await parts.sleep(pause, signal)
  }
}

async function askToAbort(parts: ActionParts, operation: Operation, signal: AbortSignal): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = longer(pause)) {
    const replied = await operation.abort(signal)
    if (replied.kind === 'answer') return
    if (replied.kind === 'refused') {
      if (operation.kept.action.input_parameters.status && TOO_LATE.includes(replied.status ?? 0)) return
      throw new ActionRefused(replied.why)
    }
    await parts.sleep(pause, signal)
    signal.throwIfAborted()
  }
}
