import type { ActionOf } from '../actions/action.ts'
import type { Values } from './template.ts'

/** What became of an operation. `refused`: it never began; `unknown`: nobody can tell. */
export type OperationEnd = { kind: 'failed' | 'cancelled' | 'refused' | 'unknown'; why: string }

/**
 * `starting`: its request may have been sent; `started`: it was answered, or is looked for by its status. `values`: what
 * the answers gave for URLs. Times are milliseconds since the epoch; `aborted_at` is when its abort was taken.
 */
export type HttpCheckpoint = {
  action_type: 'http'
  action: ActionOf<'http'>
  began: number
  phase: 'new' | 'starting' | 'started'
  values: Values
  aborted_at: number | null
  end: OperationEnd | null
}
