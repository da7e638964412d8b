import { JobEndedError, NotFoundError, RequestInvalidError } from '#core/errors.ts'
import { callerOf } from '#core/job/caller.ts'
import type { Job } from '#core/job/job.ts'
import { abortJob } from '#engine/jobs/abort.ts'
import { executedId } from '#engine/jobs/execute.ts'
import { task } from '../../middleware/task.ts'
import { logger } from '../../middleware/telemetry.ts'
import { ports } from '../../ports.ts'
import type { Child, ChildQuestion } from '../../steps/action-plan/job/child-jobs.ts'
import { ACTION_PLAN } from '../../steps/action-plan/template.ts'
import { execute } from '../execute.ts'
import { start } from './change-plan.ts'
import { chainOf, MAX_NESTED } from './child/chain.ts'
import { currentPlan, plans } from './parts.ts'

/** The job of an action: starts it, aborts it as its parent is aborted, and says what it is. */
export const handler = task('ChildJob', async (question: ChildQuestion): Promise<Child> => {
  try {
    const parent = await ports().jobs.get(question.parent)
    if (!parent) throw new NotFoundError(`there is no job ${question.parent}`)
    if (question.ask === 'start') return viewOf(await startChild(parent, question))
    const child = await findChild(parent, question)
    if (!child) return { kind: 'missing', why: 'it was never started' }
    return viewOf(question.ask === 'abort' ? await abortAs(parent, child) : child)
  } catch (error) {
    const isFinal = error instanceof RequestInvalidError || error instanceof NotFoundError
    if (isFinal) return { kind: 'refused', why: saying(error) }
    throw error
  }
})

const viewOf = ({ job_execution_id, state, fault }: Job): Child => ({
  kind: 'job',
  job_execution_id,
  state,
  fault: fault && `${fault.exception}: ${fault.exception_message}`.slice(0, 500),
})

const saying = (error: Error): string => {
  const parts = error instanceof RequestInvalidError ? error.errors : []
  return [error.message, ...parts.map(({ pointer, detail }) => `${pointer} ${detail}`)]
    .join('; ')
    .slice(0, 500)
}

/** Not under a parent that is being aborted; one that is aborted meanwhile aborts it, as its start may be on its way. */
async function startChild(parent: Job, question: ChildQuestion): Promise<Job> {
  const known = await findChild(parent, question)
  if (known) return known
  const chain = await chainOf(ports(), parent)
  if (chain.length > MAX_NESTED) {
    const names = chain
      .map(({ template, job_execution_id: id }) => `${template} ${id}`)
      .reverse()
      .join(' > ')
    throw new RequestInvalidError(
      `jobs of actions nest ${MAX_NESTED} deep at most: ${names} > ${question.template}`,
    )
  }
  if (isHalted(parent)) throw new RequestInvalidError(`the job ${parent.job_execution_id} is ${parent.state}`)
  const child = await startedBy(parent, question)
  const now = await ports().jobs.get(parent.job_execution_id)
  return now && isHalted(now) ? abortAs(now, child) : child
}

const isHalted = ({ state, closed }: Job): boolean => state !== 'ONGOING' || closed !== null

async function startedBy(parent: Job, { action_uuid, template, input }: ChildQuestion): Promise<Job> {
  const { tenant_id } = parent
  const created_by = callerOf(parent)
  if (template !== ACTION_PLAN.name) {
    return execute({ template, input, tenant_id, created_by, idempotency_key: action_uuid })
  }
  const current = await currentPlan(await plans().find(tenant_id, String(input.plan)))
  const { job } = await start(current, created_by)
  if (job) return job
  throw new Error(`the job of the plan ${input.plan} is being written`)
}

async function findChild(
  parent: Job,
  { action_uuid, template, input }: ChildQuestion,
): Promise<Job | undefined> {
  const created_by = callerOf(parent)
  if (template !== ACTION_PLAN.name) {
    return ports().jobs.get(executedId({ created_by, idempotency_key: action_uuid }))
  }
  const { started } = await plans().find(parent.tenant_id, String(input.plan))
  return started?.caller === created_by ? ports().jobs.get(started.job_id) : undefined
}

/** In its mode, and for its reason. One that fails without an abort ends its jobs at their safe points. */
async function abortAs(parent: Job, child: Job): Promise<Job> {
  const { mode = 'graceful', rollback = false, requested_by, reason = null } = parent.abort_request ?? {}
  const id = parent.job_execution_id
  try {
    const { job, stopping } = await abortJob(ports(), {
      job_execution_id: child.job_execution_id,
      requested_by: requested_by ?? callerOf(parent),
      reason: reason ?? `its parent ${id} ${parent.abort_request ? 'is aborted' : 'needs it no more'}`,
      ...{ mode, rollback, force_after_seconds: null },
    })
    await stopping.catch((error: Error) => logger.warn('the execution could not be stopped yet', error))
    return job
  } catch (error) {
    if (!(error instanceof JobEndedError)) throw error
    return (await ports().jobs.get(child.job_execution_id)) ?? child
  }
}
