import { randomUUID } from 'node:crypto'
import type { AbortMode } from '#core/job/job.ts'
import { MoveService } from '../scenarios/move-service.ts'
import { s3At } from '../scenarios/open-deployment.ts'
import { callsOf, planned } from '../scenarios/plan-functions.scenario.ts'
import { until } from '../scenarios/poll.ts'
import { inOrder, toldOf } from '../scenarios/told-plans.ts'
import { type NewAction, nop, sleep } from '../scenarios/watcher-client.ts'
import { abortAndShow, type Scene, showEnd } from './scene.ts'

type PlanView = { uuid: string; state: string; job_execution_id: string }
type ActionView = { uuid: string; action_type: string; state: string }

const PLANS = '/infra-optim/v1/action_plans'

/** Watcher's plans, with actions of each type: what each of them started is stopped with its plan. */
export async function actionPlan(scene: Scene): Promise<void> {
  await cancelled(scene, 'graceful')
  await cancelled(scene, 'force')
  await succeeded(scene)
}

async function cancelled(scene: Scene, mode: AbortMode): Promise<void> {
  const { awsUrl, report } = scene
  report.chapter(`${mode}: an action plan is cancelled with an action of each type in hand`)
  await using service = await MoveService.open()
  const inner = await created(scene, [sleep(600)])
  const [slow, first, second, call] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  const { uuid, job_execution_id: job } = await started(scene, [
    sleep(600, { uuid: slow }),
    nop({ uuid: first }),
    nop({ uuid: second, parents: [first] }),
    planned({ hold: true }, { handles: ['abort'] }, { uuid: call }),
    service.action(),
    planOf(inner),
    nop({ parents: [slow, second] }),
  ])
  const calls = (): Promise<string[]> => callsOf({ s3: s3At(awsUrl) }, call)
  await until('an action of each type', async () => {
    const isRunning =
      (await statesOf(scene, uuid)) === 'ONGOING SUCCEEDED SUCCEEDED ONGOING ONGOING ONGOING PENDING'
    return (
      isRunning &&
      service.isMoving &&
      (await calls()).length > 0 &&
      (await stateOf(scene, inner)) === 'ONGOING'
    )
  })
  await abortAndShow(scene, job, { mode })
  await showTold(scene, uuid)
  const expected = 'CANCELLED SUCCEEDED SUCCEEDED CANCELLED CANCELLED CANCELLED CANCELLED'
  report.check(`its actions are ${expected}`, (await statesOf(scene, uuid)) === expected)
  report.check(`lambda: the function got ${await calls()}`, (await calls()).join() === 'abort-1,run-1')
  report.check(
    `http: the service got ${service.asked}`,
    service.asked.join() === 'POST /moves,DELETE /moves/0',
  )
  const innerState = await stateOf(scene, inner)
  report.check(`job: the plan that it started is ${innerState}`, innerState === 'CANCELLED')
}

async function succeeded(scene: Scene): Promise<void> {
  const { report } = scene
  report.chapter('an action plan that nobody cancels')
  await using service = await MoveService.open()
  const inner = await created(scene, [nop()])
  const [slow, call] = [randomUUID(), randomUUID()]
  const { uuid, job_execution_id: job } = await started(scene, [
    sleep(2, { uuid: slow }),
    planned({}, {}, { uuid: call }),
    service.action(),
    planOf(inner),
    nop({ parents: [slow, call] }),
  ])
  await until('the move to begin', async () => service.isMoving)
  service.end('completed')
  await showEnd(scene, job)
  await showTold(scene, uuid)
  const states = await statesOf(scene, uuid)
  report.check(`its actions are ${states}`, new Set(states.split(' ')).size === 1)
  report.check('the plan is SUCCEEDED', (await stateOf(scene, uuid)) === 'SUCCEEDED')
}

const planOf = (plan: string): NewAction => ({
  action_type: 'job',
  input_parameters: { template: 'action-plan', input: { plan } },
})

async function created({ api }: Scene, actions: NewAction[]): Promise<string> {
  return (await api.call<PlanView>(`POST ${PLANS}`, { body: { name: 'demo', actions } })).body.uuid
}

async function started(scene: Scene, actions: NewAction[]): Promise<PlanView> {
  const uuid = await created(scene, actions)
  const { status, body } = await scene.api.call<PlanView>(`POST ${PLANS}/${uuid}/start`, { body: {} })
  scene.report.check(`the plan ${uuid} is started (${status})`, status === 200)
  return body
}

async function stateOf({ api }: Scene, uuid: string): Promise<string> {
  return (await api.call<PlanView>(`GET ${PLANS}/${uuid}`)).body.state
}

async function actionsOf({ api }: Scene, uuid: string): Promise<ActionView[]> {
  const route = `GET /infra-optim/v1/actions?action_plan_uuid=${uuid}`
  return (await api.call<{ actions: ActionView[] }>(route)).body.actions
}

const statesOf = async (scene: Scene, uuid: string): Promise<string> =>
  (await actionsOf(scene, uuid)).map(({ state }) => state).join(' ')

/** Watcher's own notifications, beside those of the job. */
async function showTold(scene: Scene, uuid: string): Promise<void> {
  const { report } = scene
  const told = await toldOf(scene, uuid)
  const actions = await actionsOf(scene, uuid)
  report.say(`${told.length} notifications of Watcher's`)
  for (const line of inOrder(
    told,
    actions.map((action) => action.uuid),
  ))
    report.say(`  ${line}`)
  const begun = told.filter(({ event_type }) => event_type.endsWith('.execution.start'))
  const ended = told.filter(({ event_type }) => /\.(end|error)$/.test(event_type))
  const places = actions.length + 1
  const isWhole = ended.length === places && begun.length <= places
  report.check('the plan and each of its actions are told to have ended, once', isWhole)
}
