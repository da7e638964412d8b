import type { Parameters } from '../parameters.ts'
import type { ActionParts, ActionTools } from './action.ts'

/** Counts from when it was first begun, also after an attempt that ran out of its Lambda's time. */
export async function sleep(
  parts: ActionParts,
  { duration }: Parameters<'sleep'>,
  { signal, stopping, checkpoint, resumeFrom }: ActionTools,
): Promise<void> {
  const began = resumeFrom?.began ?? parts.now()
  await checkpoint({ began })
  const left = began + duration * 1_000 - parts.now()
  if (left <= 0) return
  await parts.sleep(left, AbortSignal.any([signal, stopping]))
  await checkpoint({ began })
}
