import { whenToStopRunning } from '#core/abort/stop.ts'
import { MachineMissingError } from '#core/errors.ts'
import { type ExecutionEnd, isCleaningUp, type Job } from '#core/job/job.ts'
import { EXTERNAL } from '#core/job/reducer.ts'
import { IN_FLIGHT_MS, sweepAction } from '#core/job/sweep-action.ts'
import type { Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import { recordEnd } from '../attached.ts'
import { abortChildren } from '../jobs/abort.ts'
import { startJob } from '../jobs/execute.ts'
import { stoppedByParent } from '../jobs/family.ts'
import { stopExecution } from '../jobs/stop-if-idle.ts'
import type { Execution, Needs } from '../ports.ts'
import { ensureStandDown, NOT_STARTED, standDownName } from '../stand-down/start.ts'
import { bringCleanUpOn } from './clean-up.ts'
import { NOTHING_LISTED, seemsToRun } from './running.ts'

export type Bringing = Needs<
  'jobs' | 'steps' | 'values' | 'executions' | 'standDowns' | 'templates' | 'clock' | 'ids' | 'log'
>

/** Brings one job on: what a lost event, a killed component or a passed deadline left undone. */
export async function sweepJob(ports: Bringing, found: Job, running = NOTHING_LISTED): Promise<void> {
  if (isAtWork(found) && seemsToRun(running, found)) return
  const job = await ports.jobs.get(found.job_execution_id)
  if (!job) return
  if (job.ended_at !== null) return isCleaningUp(job) ? bringCleanUpOn(ports, job, running) : undefined
  if (running.executions.has(job.execution_arn)) return pursueAbort(ports, job)
  if (running.standDowns.has(standDownName(job))) return
  // Its end is known; asking once more for each sweep would cost what Step Functions answers least often.
  if (job.closed) return ensureStandDown(ports, job, job.closed.end)
  const execution = await ports.executions.describe(job.execution_arn)
  switch (sweepAction(job, execution, timeAt(ports.clock.now()))) {
    case 'start':
      return start(ports, job)
    case 'abort':
      return pursueAbort(ports, job)
    case 'stand-down':
      return standDown(ports, job, execution)
    case 'wait':
  }
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

/** Of a job that has none, and none is on its way. */
const endWithoutExecution = (job: Job): ExecutionEnd =>
  job.started_at !== null || job.created_by === EXTERNAL ? VANISHED : NOT_STARTED

async function standDown(ports: Bringing, job: Job, execution: Execution | undefined): Promise<void> {
  const { end = null, started_at = '', output } = execution ?? {}
  if (end && job.attached && (await recordEnd(ports, { job, started_at }, { end, output }))) return
  const asked = end ? await stoppedByParent(ports, job, end) : job
  await ensureStandDown(ports, asked, end ?? endWithoutExecution(job))
}

async function start(ports: Bringing, job: Job): Promise<void> {
  try {
    await startJob(ports, job)
  } catch (error) {
    if (!(error instanceof MachineMissingError)) throw error
    // No later try can mend that: the job ends, and says why.
    await ensureStandDown(ports, job, { ...NOT_STARTED, error: error.name, cause: error.message })
  }
}

/** Keeps a deadline that has passed, and stops an execution that an abort left running. */
async function pursueAbort(ports: Bringing, job: Job): Promise<void> {
  const event = { type: 'escalate' as const, at: timeAt(ports.clock.now()) }
  const outcome = await ports.jobs.apply(job.job_execution_id, event, job)
  const current = outcome.item ?? job
  const whileBusy = (steps: Step[]): Promise<void> => abortChildren(ports, current, steps)
  await stopExecution(ports, current, { when: whenToStopRunning(current), whileBusy })
}
