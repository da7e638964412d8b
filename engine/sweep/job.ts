import { MachineMissingError } from '#core/errors.ts'
import { type ExecutionEnd, isCleaningUp, type Job } from '#core/job/job.ts'
import { EXTERNAL } from '#core/job/reducer.ts'
import { timeAt } from '#core/time.ts'
import { startJob } from '../jobs/execute.ts'
import { stopIfIdle } from '../jobs/stop-if-idle.ts'
import type { Needs } from '../ports.ts'
import { ensureStandDown, NOT_STARTED, standDownName } from '../stand-down/start.ts'
import { bringCleanUpOn } from './clean-up.ts'
import { NOTHING_LISTED, seemsToRun } from './running.ts'

/** A request in flight may take this long between its writes and its calls. */
const IN_FLIGHT_MS = 10_000

type Bringing = Needs<'jobs' | 'steps' | 'executions' | 'standDowns' | 'clock'>

/** Brings one job on: what a lost event, a killed component or a passed deadline left undone. */
export async function sweepJob(ports: Bringing, found: Job, running = NOTHING_LISTED): Promise<void> {
  if (isAtWork(found) && seemsToRun(running, found)) return
  const job = await ports.jobs.get(found.job_execution_id)
  if (!job) return
  if (job.ended_at !== null) return isCleaningUp(job) ? bringCleanUpOn(ports, job, running) : undefined
  if (running.executions.has(job.execution_arn)) return bringRunningOn(ports, job)
  if (running.standDowns.has(standDownName(job))) return
  // Its end is known; asking once more for each sweep would cost what Step Functions answers least often.
  if (job.closed) return ensureStandDown(ports, job, job.closed.end)
  const execution = await ports.executions.describe(job.execution_arn)
  if (!execution) return bringUnstartedOn(ports, job)
  if (!execution.end) return bringRunningOn(ports, job)
  await ensureStandDown(ports, job, execution.end)
}

/** Nobody wants anything of it but that it goes on. */
const isAtWork = ({ state, closed }: Job): boolean =>
  (state === 'ONGOING' || state === 'PENDING') && closed === null

/** Whoever wrote it a moment ago makes the calls that follow: the sweeper would only make them twice. */
export function isInFlight(job: Job, now: number): boolean {
  const asked = job.state === 'CANCELLING' || job.closed !== null || isCleaningUp(job)
  const force_at = job.abort_request?.force_at ?? null
  const isDue = force_at !== null && force_at <= timeAt(now)
  return asked && !isDue && now - Date.parse(job.updated_at) < IN_FLIGHT_MS
}

/** The end of a job that had begun, of which Step Functions knows nothing any more. */
const VANISHED: ExecutionEnd = {
  status: 'FAILED',
  error: 'ExecutionDoesNotExist',
  cause: 'the execution does not exist any more: its state machine was deleted while it ran',
}

async function bringUnstartedOn(ports: Bringing, job: Job): Promise<void> {
  if (ports.clock.now() - Date.parse(job.updated_at) < IN_FLIGHT_MS) return
  if (job.started_at !== null || job.created_by === EXTERNAL) return ensureStandDown(ports, job, VANISHED)
  if (job.state !== 'PENDING') return ensureStandDown(ports, job, NOT_STARTED)
  try {
    await startJob(ports, job)
  } catch (error) {
    if (!(error instanceof MachineMissingError)) throw error
    // No later try can mend that: the job ends, and says why.
    await ensureStandDown(ports, job, { ...NOT_STARTED, error: error.name, cause: error.message })
  }
}

async function bringRunningOn(ports: Bringing, job: Job): Promise<void> {
  const event = { type: 'escalate' as const, at: timeAt(ports.clock.now()) }
  const outcome = await ports.jobs.apply(job.job_execution_id, event, job)
  const current = outcome.item ?? job
  if (current.closed) await ports.executions.stop(current)
  else await stopIfIdle(ports, current)
}
