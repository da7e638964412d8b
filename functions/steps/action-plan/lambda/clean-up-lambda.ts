import { CannotCleanUp } from '#sdk/index.ts'
import type { ActionHookTools, ActionOf, ActionParts } from '../actions/action.ts'
import { handles } from './call-phase.ts'
import type { LambdaCheckpoint } from './checkpoint.ts'
import { tell } from './tell.ts'

/**
 * Tells the function of the abort, unless it never ran, or has stopped by that already. Of one that nobody can tell it is
 * not known what became of it.
 *
 * @throws CannotCleanUp, the function's own error
 */
export async function abortLambda(
  parts: ActionParts,
  { action, sent, end }: LambdaCheckpoint,
  { signal, job, mode }: ActionHookTools,
): Promise<void> {
  if (sent === 0 || end?.kind === 'stopped' || end?.kind === 'refused') return
  if (handles(action, 'abort')) {
    const run = end?.kind ?? 'unknown'
    return tell(parts, { action, job, phase: 'abort', signal, more: { run } })
  }
  // In a job that nobody aborts its failure is told already, and there is nobody to clean up after it.
  if (end?.kind === 'failed' && mode === null) return
  const name = action.input_parameters.function_name
  throw new CannotCleanUp(end?.why ?? `${name} may still run, or have run: it handles no abort`)
}

/** @throws CannotCleanUp, the function's own error */
export async function revertLambda(
  parts: ActionParts,
  { action, answer }: { action: ActionOf<'lambda'>; answer: unknown },
  { signal, job }: ActionHookTools,
): Promise<void> {
  await tell(parts, { action, job, phase: 'revert', signal, more: { answer } })
}
