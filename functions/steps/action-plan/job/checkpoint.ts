import type { ActionOf } from '../actions/action.ts'

/** How its job ended, where it did not succeed. `refused`: there is none. */
export type JobEnd = { kind: 'failed' | 'cancelled' | 'refused'; why: string }

/** `asked`: the job may have been started. */
export type JobCheckpoint = {
  action_type: 'job'
  action: ActionOf<'job'>
  asked: boolean
  end: JobEnd | null
}
