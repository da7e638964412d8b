import { setTimeout as pause } from 'node:timers/promises'
import { defineStep } from '#sdk/index.ts'
import type { ActionCheckpoint, ActionParts, GivenAction } from './actions/action.ts'
import { runAction } from './actions/run-action.ts'

const parts: ActionParts = {
  now: Date.now,
  sleep: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => undefined),
}

/** One action of a plan. */
export const handler = defineStep<GivenAction, void, ActionCheckpoint>({
  name: 'run-action',
  abortable: 'checkpoint',
  run: (action, tools) => runAction(parts, action, tools),
  // What a nop or a sleep is cut off in leaves nothing.
  abort: async () => undefined,
})
