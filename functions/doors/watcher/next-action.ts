import { endTask } from '#aws/task-tokens.ts'
import { inParallel } from '#engine/in-parallel.ts'
import { task } from '../../middleware/task.ts'
import { ports } from '../../ports.ts'
import { hooksOf } from '../../steps/action-plan/hooks.ts'
import { ACTION_PLAN } from '../../steps/action-plan/template.ts'
import { plans, unlessNotFound } from './parts.ts'
import type { Graph } from './plan/graph.ts'
import { ask } from './run/ask.ts'
import type { Telling } from './run/schedule.ts'

/** A worker of a plan's job asks for its next action; `ended` is how its last one did, an error's name if badly. */
type NextActionEvent = {
  job_execution_id: string
  project: string
  plan: string
  worker: number
  asked_at: string
  token: string
  ended: { Error?: string }
}

const AT_ONCE = 10

class PlanNotStarted extends Error {
  override readonly name = ACTION_PLAN.errors.PlanNotStarted
}

/** Answers by the token: at once, or when another worker's end makes an action ready. */
export const handler = task('NextAction', async (event: NextActionEvent) => {
  const { project, plan: uuid, job_execution_id: job, worker, asked_at, token, ended } = event
  const plan = await plans().find(project, uuid).catch(unlessNotFound)
  if (plan?.started?.job_id !== job) {
    throw new PlanNotStarted(`the plan ${uuid} is not run by this job: start the plan`)
  }
  const graph = await plans().graph(uuid)
  const question = { worker, asked_at, token, failed: ended.Error !== undefined }
  const told = await ask(ports().doorRecords, { job, graph }, question)
  const [others, last] = [told.slice(0, -1), told.slice(-1)]
  for (const some of [others, last]) await inParallel(some, AT_ONCE, (each) => tell(uuid, graph, each))
})

async function tell(plan: string, graph: Graph, { token, told }: Telling): Promise<void> {
  await endTask(token, typeof told === 'number' ? await actionFor(plan, graph, told) : { kind: told })
}

async function actionFor(plan: string, graph: Graph, at: number): Promise<object> {
  const { index, rank, uuid, action_type, input_parameters } = await plans().action(plan, at)
  const count = graph.ranks.length
  const hooks = hooksOf(action_type, input_parameters)
  return { kind: 'action', action: { index, rank, count, uuid, action_type, input_parameters, hooks } }
}
