import type { QueryCommandInput } from '@aws-sdk/client-dynamodb'
import type { Deps } from '#aws/deps.ts'
import { ACTIVE, decode } from '#aws/table/codec.ts'
import { queryAll } from '#aws/table/store.ts'
import { needsTidying } from '#core/clean-up/order.ts'
import type { Job } from '#core/job/job.ts'
import { EXTERNAL } from '#core/job/reducer.ts'
import { startJob } from './jobs/execute.ts'
import { stopIfIdle } from './jobs/stop-if-idle.ts'
import { now } from './now.ts'
import { ensureStandDown, startTidying } from './stand-down/start.ts'

/** A request in flight may take this long between its writes and its calls. */
const IN_FLIGHT_MS = 10_000

export type Swept = { jobs: number; failed: { job_execution_id: string; error: unknown }[] }

/** By then whatever still ran when the job ended has lost its lease. */
const LAST_LOOK_MS = 120_000

/**
 * Looks at every job that has not ended, at running executions whose job has, and once more at each ended
 * job: an attempt, or a stand-down, that died in the last moment may have left a step open.
 */
export async function sweep(deps: Deps, lastLookMs = LAST_LOOK_MS): Promise<Swept> {
  const jobs = await activeJobs(deps)
  const running = await runningExecutions(deps)
  const failed: Swept['failed'] = []
  const attempt = async (job_execution_id: string, work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => void failed.push({ job_execution_id, error }))
  for (const job of jobs) await attempt(job.job_execution_id, sweepJob(deps, job, running))
  const active = new Set(jobs.map((job) => job.job_execution_id))
  for (const name of running) if (!active.has(name)) await attempt(name, stopEnded(deps, name))
  const before = new Date(Date.now() - lastLookMs).toISOString()
  for (const job of await endedJobs(deps, before)) await attempt(job.job_execution_id, lastLook(deps, job))
  return { jobs: jobs.length, failed }
}

async function lastLook(deps: Deps, job: Job): Promise<void> {
  const steps = await deps.store.getSteps(job.job_execution_id)
  if (needsTidying(job, steps)) await startTidying(deps, job)
  else await deps.store.retire(job)
}

const activeJobs = (deps: Deps): Promise<Job[]> =>
  indexed(deps, {
    KeyConditionExpression: '#active = :going',
    ExpressionAttributeNames: { '#active': 'active' },
    ExpressionAttributeValues: { ':going': { S: ACTIVE.going } },
  })

const endedJobs = (deps: Deps, before: string): Promise<Job[]> =>
  indexed(deps, {
    KeyConditionExpression: '#active = :ended AND #updated < :before',
    ExpressionAttributeNames: { '#active': 'active', '#updated': 'updated_at' },
    ExpressionAttributeValues: { ':ended': { S: ACTIVE.ended }, ':before': { S: before } },
  })

async function indexed({ client, tableName }: Deps, query: Partial<QueryCommandInput>): Promise<Job[]> {
  const items = await queryAll({ client, tableName }, { IndexName: 'active', ...query })
  return items.map((item) => decode<Job>(item))
}

async function runningExecutions(deps: Deps): Promise<Set<string>> {
  const names = deps.templates.names()
  const machines = await Promise.all(names.map((name) => deps.templates.byName(name)))
  const lists = await Promise.all(machines.map((m) => deps.executions.running(m.state_machine_arn)))
  return new Set(lists.flat())
}

/** Brings one job on: what a lost event, a killed component or a passed deadline left undone. */
export async function sweepJob(deps: Deps, found: Job, running = new Set<string>()): Promise<void> {
  if (found.state === 'ONGOING' && running.has(found.job_execution_id)) return
  const job = await deps.store.getJob(found.job_execution_id)
  if (!job || job.ended_at !== null) return
  const execution = await deps.executions.describe(job.execution_arn)
  if (!execution) return unstarted(deps, job)
  if (!execution.end) return stillRunning(deps, job)
  await ensureStandDown(deps, job, execution.end)
}

async function unstarted(deps: Deps, job: Job): Promise<void> {
  if (Date.now() - Date.parse(job.updated_at) < IN_FLIGHT_MS) return
  if (job.state === 'PENDING' && !job.closed && job.created_by !== EXTERNAL) {
    await startJob(deps, job)
    return
  }
  await ensureStandDown(deps, job, { status: 'NOT_STARTED', error: null, cause: null })
}

async function stillRunning(deps: Deps, job: Job): Promise<void> {
  const outcome = await deps.store.applyJob(job.job_execution_id, { type: 'escalate', at: now() }, job)
  const current = outcome.item ?? job
  if (current.closed) await deps.executions.stop(current)
  else await stopIfIdle(deps, current)
}

async function stopEnded(deps: Deps, name: string): Promise<void> {
  const job = await deps.store.getJob(name)
  if (job && job.ended_at !== null && job.state !== 'SUCCEEDED') await deps.executions.stop(job)
}
