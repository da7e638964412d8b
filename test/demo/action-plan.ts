import { randomUUID } from 'node:crypto'
import { until } from '../scenarios/poll.ts'
import { abortAndShow, type Scene, showEnd } from './scene.ts'

type PlanView = { uuid: string; state: string; job_execution_id: string }
type ActionView = { action_type: string; state: string }

const PLANS = '/infra-optim/v1/action_plans'

/** Watcher's plans: two chains that do not wait for each other, of which one sleeps. */
export async function actionPlan(scene: Scene): Promise<void> {
  const { report } = scene
  for (const mode of ['graceful', 'force'] as const) {
    report.chapter(`${mode}: an action plan is cancelled while one of its two chains sleeps`)
    const plan = await started(scene, 600)
    await until('the other chain', async () =>
      (await statesOf(scene, plan)) === 'ONGOING SUCCEEDED SUCCEEDED PENDING' ? true : null,
    )
    await abortAndShow(scene, plan.job_execution_id, { mode })
    const expected = 'CANCELLED SUCCEEDED SUCCEEDED CANCELLED'
    report.check(`its actions are ${expected}`, (await statesOf(scene, plan)) === expected)
  }
  report.chapter('an action plan that nobody cancels')
  const plan = await started(scene, 2)
  await showEnd(scene, plan.job_execution_id)
  const { body } = await scene.api.call<PlanView>(`GET ${PLANS}/${plan.uuid}`)
  report.check('the plan is SUCCEEDED', body.state === 'SUCCEEDED')
}

async function started({ api, report }: Scene, duration: number): Promise<PlanView> {
  const [slow, first, second] = [randomUUID(), randomUUID(), randomUUID()]
  const actions = [
    { uuid: slow, action_type: 'sleep', input_parameters: { duration } },
    { uuid: first, action_type: 'nop' },
    { uuid: second, action_type: 'nop', parents: [first] },
    { action_type: 'nop', parents: [slow, second] },
  ]
  const { body: plan } = await api.call<PlanView>(`POST ${PLANS}`, { body: { name: 'demo', actions } })
  const { status, body } = await api.call<PlanView>(`POST ${PLANS}/${plan.uuid}/start`, { body: {} })
  report.check(`the plan ${plan.uuid} is started (${status})`, status === 200)
  return body
}

async function statesOf({ api }: Scene, { uuid }: PlanView): Promise<string> {
  const { body } = await api.call<{ actions: ActionView[] }>(
    `GET /infra-optim/v1/actions?action_plan_uuid=${uuid}`,
  )
  return body.actions.map(({ state }) => state).join(' ')
}
