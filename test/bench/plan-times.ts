import type { Deployment } from '../scenarios/open-deployment.ts'
import { nop, type PlanView } from '../scenarios/watcher-client.ts'
import { between, items, round, SELDOM } from './figures.ts'

const ACTIONS = 500
const WORKERS = [10, 40]
const PLANS = '/infra-optim/v1/action_plans'

/** A plan of five hundred actions that do nothing: what stays is what it takes to ask for each, begin and end it. */
export async function actionPlan({ api }: Deployment) {
  const found: Record<string, number>[] = []
  for (const max_parallel of WORKERS) {
    const plan = { actions: items(ACTIONS).map(() => nop()), max_parallel }
    const { body: created } = await api.call<PlanView>(`POST ${PLANS}`, { body: plan })
    const { body } = await api.call<PlanView>(`POST ${PLANS}/${created.uuid}/start`, { body: {} })
    const view = await api.settled(body.job_execution_id!, SELDOM)
    if (view.state !== 'SUCCEEDED')
      throw new Error(`the plan ended ${view.state}: ${JSON.stringify(view.fault)}`)
    const took = between(view.started_at, view.ended_at)
    found.push({
      workers: max_parallel,
      seconds: round(took / 1_000),
      ms_per_action: round(took / ACTIONS, 0),
    })
  }
  return { actions: ACTIONS, runs: found }
}
