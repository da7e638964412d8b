import { once } from 'node:events'
import type { ActionOf, ActionParts, ActionTools } from '../actions/action.ts'
import { handles } from './call-phase.ts'
import { tell } from './tell.ts'

type Running = { tools: Pick<ActionTools, 'signal' | 'stopping' | 'job'>; answered: AbortSignal }

/** Tells a function that runs of a graceful abort, once there is one; answers whether it has been told. */
export async function tellOnceStopping(
  parts: ActionParts,
  action: ActionOf<'lambda'>,
  { tools: { signal, stopping, job }, answered }: Running,
): Promise<boolean> {
  if (!handles(action, 'abort')) return false
  const either = AbortSignal.any([stopping, answered])
  if (!either.aborted) await once(either, 'abort')
  if (answered.aborted || signal.aborted) return false
  // What it fails of now, the clean-up asks again.
  return tell(parts, { action, job, phase: 'abort', signal }).then(
    () => true,
    () => false,
  )
}
