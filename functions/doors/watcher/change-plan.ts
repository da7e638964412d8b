import { randomUUID } from 'node:crypto'
import { invalidRequest } from '#core/api/requests.ts'
import { JobEndedError, RequestInvalidError } from '#core/errors.ts'
import { timeAt } from '#core/time.ts'
import { abortJob } from '#engine/jobs/abort.ts'
import { executedId } from '#engine/jobs/execute.ts'
import { answer } from '../../middleware/http.ts'
import type { HttpAnswer, HttpRequest } from '../../middleware/http-door.ts'
import { logger } from '../../middleware/telemetry.ts'
import { ports } from '../../ports.ts'
import { ACTION_PLAN } from '../../steps/action-plan/template.ts'
import { execute } from '../execute.ts'
import { parsePatch } from '../openstack/json-patch.ts'
import { doorUrl } from '../openstack/links.ts'
import { askedPlan, currentPlan, plans } from './parts.ts'
import { type CurrentPlan, isEnded, type Plan, type PlanState, type Start } from './plan/plan.ts'
import { viewPlan } from './views.ts'

const WORDS = [
  'RECOMMENDED',
  'PENDING',
  'ONGOING',
  'CANCELLING',
  'CANCELLED',
  'SUCCEEDED',
  'FAILED',
  'SUPERSEDED',
  'DELETED',
]

const notAllowed = (from: PlanState, to: string): RequestInvalidError =>
  new RequestInvalidError(`State transition not allowed: (${from} -> ${to})`)
const notStarted = (state: PlanState): RequestInvalidError =>
  new RequestInvalidError(`Couldn't start when state is '${state}'.`)

const shown = (request: HttpRequest, current: CurrentPlan): HttpAnswer =>
  answer(200, viewPlan(current, doorUrl(request, '/infra-optim')))

export async function startPlan(request: HttpRequest): Promise<HttpAnswer> {
  const current = await askedPlan(request)
  return shown(request, await start(current, request.caller))
}

/** Only the state may change, by a word that is an order: PENDING starts, CANCELLING and CANCELLED cancel. */
export async function changePlan(request: HttpRequest): Promise<HttpAnswer> {
  const to = stateIn(request.body)
  const current = await askedPlan(request)
  const { state } = current
  if (to === 'PENDING' && state === 'RECOMMENDED') return shown(request, await start(current, request.caller))
  const cancels = to === 'CANCELLED' || (to === 'CANCELLING' && state !== 'RECOMMENDED')
  if (!cancels || isEnded(state)) throw notAllowed(state, to)
  return shown(request, state === 'CANCELLING' ? current : await cancel(current, { to, by: request.caller }))
}

/** @throws RequestInvalidError */
function stateIn(body: unknown): string {
  const operations = parsePatch(body)
  operations.forEach(({ op, path, value }, at) => {
    const refuse = (detail: string): never => {
      throw invalidRequest('the patch is not valid', [{ pointer: `/${at}`, detail }])
    }
    if (path.join('/') !== 'state')
      refuse(`would change /${path.join('/').slice(0, 80)}: only /state may change`)
    if (op === 'remove') refuse('would remove the state')
    if (!WORDS.includes(String(value))) {
      refuse(`has the state ${JSON.stringify(value)?.slice(0, 40)}: there are ${WORDS.join(', ')}`)
    }
  })
  return String(operations.at(-1)?.value)
}

/**
 * The plan says which job it is before the job is there, so that of two requests one starts it. Where that job was
 * never written, whoever asks again writes the same one.
 */
export async function start({ plan, state, job }: CurrentPlan, caller: string): Promise<CurrentPlan> {
  const lost = state === 'PENDING' && !job
  if (state !== 'RECOMMENDED' && !lost) throw notStarted(state)
  const idempotency_key = randomUUID()
  const job_id = executedId({ created_by: caller, idempotency_key })
  const started = { job_id, caller, idempotency_key, at: timeAt(Date.now()) }
  const marked = await plans().update(plan.project, plan.uuid, (now) => {
    if (now.cancelled_by !== null) throw notStarted('CANCELLED')
    if (now.started?.job_id !== plan.started?.job_id) throw notStarted('PENDING')
    return lost ? now : { ...now, started }
  })
  return begin(marked, marked.started ?? started)
}

async function begin(plan: Plan, start: Start): Promise<CurrentPlan> {
  await run(plan, start)
  // Who cancelled it meanwhile found no job.
  const now = await plans().find(plan.project, plan.uuid)
  if (now.cancelled_by !== null) await abort(now, now.cancelled_by)
  return currentPlan(now)
}

/** By then whoever started it has written its job, or never will. */
const LOST_AFTER_MS = 10_000

/** As it is; a start that was accepted, but whose job was never written, is carried out by whoever looks next. */
export async function broughtOn(current: CurrentPlan): Promise<CurrentPlan> {
  const { plan, job, state } = current
  const { started, uuid } = plan
  if (state !== 'PENDING' || job || !started) return current
  if (Date.now() - Date.parse(started.at) < LOST_AFTER_MS) return current
  return begin(plan, started).catch((error: Error) => {
    logger.warn(`the plan ${uuid} cannot be started yet`, error)
    return current
  })
}

async function run({ project, uuid, max_parallel }: Plan, { caller, idempotency_key }: Start): Promise<void> {
  await execute({
    template: ACTION_PLAN.name,
    input: { project, plan: uuid, max_parallel },
    tenant_id: project,
    created_by: caller,
    idempotency_key,
  })
}

async function cancel(
  { plan, job, state }: CurrentPlan,
  { to, by }: { to: string; by: string },
): Promise<CurrentPlan> {
  const { project, uuid } = plan
  try {
    // A job that is being written now is aborted by whoever writes it.
    const marked = (known: Plan): Plan => ({ ...known, cancelled_by: by })
    const now = job ? plan : await plans().update(project, uuid, marked)
    await abort(now, by)
    return await currentPlan(now)
  } catch (error) {
    if (!(error instanceof JobEndedError)) throw error
    throw notAllowed(error.state ?? state, to)
  }
}

/** Nothing where there is no job (yet). */
async function abort({ project, started }: Plan, requested_by: string): Promise<void> {
  if (!started || !(await ports().jobs.get(started.job_id))) return
  const { stopping } = await abortJob(ports(), {
    job_execution_id: started.job_id,
    tenant_id: project,
    requested_by,
    mode: 'graceful',
    reason: 'the action plan was cancelled',
    force_after_seconds: null,
    rollback: false,
  })
  await stopping.catch((error: Error) => logger.warn('the execution could not be stopped yet', error))
}
