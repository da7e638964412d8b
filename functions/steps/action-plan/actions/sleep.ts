import type { Parameters } from '../parameters.ts'
import type { ActionCheckpoint, ActionParts, ActionTools, WaitCheckpoint } from './action.ts'

/** Counts from when it was first begun, also after an attempt that ran out of its Lambda's time. */
export async function sleep(
  parts: ActionParts,
  { duration }: Parameters<'sleep'>,
  { signal, stopping, checkpoint, resumeFrom }: ActionTools,
): Promise<void> {
  const kept: WaitCheckpoint = isWait(resumeFrom) ? resumeFrom : { action_type: 'sleep', began: parts.now() }
  const { began } = kept
  await checkpoint(kept)
  const left = began + duration * 1_000 - parts.now()
  if (left <= 0) return
  await parts.sleep(left, AbortSignal.any([signal, stopping]))
  await checkpoint(kept)
}

const isWait = (kept: ActionCheckpoint | null): kept is WaitCheckpoint => kept !== null && 'began' in kept
