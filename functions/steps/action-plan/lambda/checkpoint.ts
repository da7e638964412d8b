import type { ActionOf } from '../actions/action.ts'

/**
 * How a function's run ended, where it did not succeed. `stopped`: after its abort; `failed`: by itself; `refused`: it
 * never ran; `unknown`: no answer came in time.
 */
export type FunctionEnd = { kind: 'stopped' | 'failed' | 'refused' | 'unknown'; why: string }

/** `sent`: how often it was called so that it may have run, counted before the call. */
export type LambdaCheckpoint = {
  action_type: 'lambda'
  action: ActionOf<'lambda'>
  sent: number
  end: FunctionEnd | null
}
