import type { ActionParts, ActionTools, GivenAction } from './action.ts'
import { sleep } from './sleep.ts'

/** Does what the action's type says. */
export async function runAction(parts: ActionParts, action: GivenAction, tools: ActionTools): Promise<void> {
  if (action.action_type === 'sleep') await sleep(parts, action.input_parameters, tools)
}
