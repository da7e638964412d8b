import { needsTidying } from '#core/clean-up/unfinished.ts'
import type { Job } from '#core/job/job.ts'
import { EXTERNAL } from '#core/job/reducer.ts'
import { timeAt } from '#core/time.ts'
import { startJob } from './jobs/execute.ts'
import { stopIfIdle } from './jobs/stop-if-idle.ts'
import type { Needs } from './ports.ts'
import { ensureStandDown, NOT_STARTED, startTidying } from './stand-down/start.ts'
import { stepsOf } from './steps/steps-of.ts'

/** A request in flight may take this long between its writes and its calls. */
const IN_FLIGHT_MS = 10_000

export type Swept = { jobs: number; failed: { job_execution_id: string; error: unknown }[] }

/**
 * An ended job is looked at once more after this time: by then an attempt that still ran when the job ended
 * has lost its lease, so that what it left open can be cleaned up.
 */
const LAST_LOOK_MS = 120_000

type Bringing = Needs<'jobs' | 'steps' | 'values' | 'executions' | 'standDowns' | 'clock'>
type Sweeping = Bringing & Needs<'index' | 'templates'>

/**
 * Looks at every job that has not ended, at running executions whose job has, and once more at each ended
 * job: an attempt, or a stand-down, that died in the last moment may have left a step open.
 */
export async function sweep(ports: Sweeping, lastLookMs = LAST_LOOK_MS): Promise<Swept> {
  const active = await ports.index.active()
  const running = await runningExecutions(ports)
  const failed: Swept['failed'] = []
  const isolated = async (job_execution_id: string, work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => void failed.push({ job_execution_id, error }))
  for (const job of active) await isolated(job.job_execution_id, sweepJob(ports, job, running))
  const known = new Set(active.map((job) => job.job_execution_id))
  for (const name of running) if (!known.has(name)) await isolated(name, stopEnded(ports, name))
  const before = timeAt(ports.clock.now() - lastLookMs)
  for (const job of await ports.index.ended(before))
    await isolated(job.job_execution_id, lastLook(ports, job))
  return { jobs: active.length, failed }
}

async function lastLook(ports: Sweeping, job: Job): Promise<void> {
  const steps = await stepsOf(ports, job)
  if (needsTidying(job, steps)) await startTidying(ports, job)
  else await ports.jobs.retire(job)
}

async function runningExecutions({ templates, executions }: Sweeping): Promise<Set<string>> {
  const machines = await Promise.all(templates.names().map((name) => templates.byName(name)))
  const lists = await Promise.all(machines.map((machine) => executions.running(machine.state_machine_arn)))
  return new Set(lists.flat())
}

/** Brings one job on: what a lost event, a killed component or a passed deadline left undone. */
export async function sweepJob(ports: Bringing, found: Job, running = new Set<string>()): Promise<void> {
  if (found.state === 'ONGOING' && running.has(found.job_execution_id)) return
  const job = await ports.jobs.get(found.job_execution_id)
  if (!job || job.ended_at !== null) return
  const execution = await ports.executions.describe(job.execution_arn)
  if (!execution) return bringUnstartedOn(ports, job)
  if (!execution.end) return bringRunningOn(ports, job)
  await ensureStandDown(ports, job, execution.end)
}

async function bringUnstartedOn(ports: Bringing, job: Job): Promise<void> {
  if (ports.clock.now() - Date.parse(job.updated_at) < IN_FLIGHT_MS) return
  if (job.state === 'PENDING' && !job.closed && job.created_by !== EXTERNAL) {
    await startJob(ports, job)
    return
  }
  await ensureStandDown(ports, job, NOT_STARTED)
}

async function bringRunningOn(ports: Bringing, job: Job): Promise<void> {
  const event = { type: 'escalate' as const, at: timeAt(ports.clock.now()) }
  const outcome = await ports.jobs.apply(job.job_execution_id, event, job)
  const current = outcome.item ?? job
  if (current.closed) await ports.executions.stop(current)
  else await stopIfIdle(ports, current)
}

async function stopEnded({ jobs, executions }: Sweeping, name: string): Promise<void> {
  const job = await jobs.get(name)
  if (job && job.ended_at !== null && job.state !== 'SUCCEEDED') await executions.stop(job)
}
