import { abortHttp, revertHttp } from '../http/clean-up-http.ts'
import { runHttp } from '../http/run-http.ts'
import type { Values } from '../http/template.ts'
import { abortChildJob, runJob } from '../job/run-job.ts'
import { abortLambda, revertLambda } from '../lambda/clean-up-lambda.ts'
import { runLambda } from '../lambda/run-lambda.ts'
import type { ActionHookTools, ActionParts, ActionResult, ActionTools, GivenAction } from './action.ts'
import { sleep } from './sleep.ts'

/** Does what the action's type says, and answers what a revert needs of it. */
export async function runAction(
  parts: ActionParts,
  action: GivenAction,
  tools: ActionTools,
): Promise<ActionResult> {
  switch (action.action_type) {
    case 'nop':
      return null
    case 'sleep':
      await sleep(parts, action.input_parameters, tools)
      return null
    case 'lambda':
      return runLambda(parts, action, tools)
    case 'http':
      return runHttp(parts, action, tools)
    case 'job':
      await runJob(parts, action, tools)
      return null
  }
}

/** Ends what an interrupted run left; a nop or a sleep that is cut off leaves nothing. */
export async function abortAction(parts: ActionParts, tools: ActionHookTools): Promise<void> {
  const { checkpoint } = tools
  if (checkpoint?.action_type === 'lambda') await abortLambda(parts, checkpoint, tools)
  if (checkpoint?.action_type === 'http') await abortHttp(parts, checkpoint, tools)
  if (checkpoint?.action_type === 'job') await abortChildJob(parts, checkpoint, tools)
}

/** Undoes what an action did that had succeeded. */
export async function revertAction(parts: ActionParts, tools: ActionHookTools): Promise<void> {
  const { result } = tools
  if (!result) return
  const { action, answer } = result
  if (action.action_type === 'lambda') await revertLambda(parts, { action, answer }, tools)
  if (action.action_type === 'http') await revertHttp(parts, { action, values: answer as Values }, tools)
}
