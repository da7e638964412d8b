import { createHash } from 'node:crypto'
import { type ExecutionEnd, isCleaningUp, type Job } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import type { Needs } from '../ports.ts'

/** The end of a job whose execution never was. */
export const NOT_STARTED: ExecutionEnd = { status: 'NOT_STARTED', error: null, cause: null }
const SUCCEEDED: ExecutionEnd = { status: 'SUCCEEDED', error: null, cause: null }

/** An execution's name has at most 80 characters. */
const MAX_ID = 65

const shortId = ({ job_execution_id: id }: Job): string =>
  id.length <= MAX_ID ? id : createHash('sha256').update(id).digest('hex')

// The last part tells the kinds apart: ids may have any ending, and no start may take the name of another's.
export const standDownName = (job: Job): string => `${shortId(job)}-${job.generation}`

/** Starts the job's stand-down; once: a second start of one generation finds the name taken. */
export const startStandDown = (
  { standDowns }: Needs<'standDowns'>,
  job: Job,
  end: ExecutionEnd,
): Promise<boolean> => {
  const name = standDownName(job)
  return standDowns.start(name, { job_execution_id: job.job_execution_id, end, call: name })
}

export const cleanUpName = (job: Job): string =>
  `${shortId(job)}-${job.clean_up?.run}-${job.generation}-again`

/** Starts the clean-up of a job that has ended once more; once for each generation of a run. */
export const startCleanUp = ({ standDowns }: Needs<'standDowns'>, job: Job): Promise<boolean> => {
  const call = cleanUpName(job)
  const end = job.closed?.end ?? SUCCEEDED
  return standDowns.start(call, { job_execution_id: job.job_execution_id, end, call })
}

/**
 * The job as the stand-down of this name may see it: a repeated clean-up is its own alone. A stand-down that was started
 * late, or a tidying, must not end it while another's hooks still run.
 */
export const ownView = (job: Job, call: string): Job =>
  isCleaningUp(job) && cleanUpName(job) !== call ? { ...job, clean_up: null } : job

/** The repeated clean-up was started and is over, whether or not it came to its end. */
export const cleanUpIsOver = ({ standDowns }: Needs<'standDowns'>, job: Job): Promise<boolean> =>
  standDowns.hasEnded(cleanUpName(job))

/** Whether this is the name of a tidying of the job: the minute has no dash. */
export const isTidyingOf = (job: Job, name: string): boolean => {
  const begin = `${shortId(job)}-`
  return name.startsWith(begin) && /^[0-9a-z]+-tidy$/.test(name.slice(begin.length))
}

/** An ended job is not written any more, so that the minute tells one tidying from the next. */
export async function startTidying(
  { standDowns, clock }: Needs<'standDowns' | 'clock'>,
  job: Job,
): Promise<void> {
  const minute = Math.floor(clock.now() / 60_000).toString(36)
  const call = `${shortId(job)}-${minute}-tidy`
  await standDowns.start(call, {
    job_execution_id: job.job_execution_id,
    end: job.closed?.end ?? SUCCEEDED,
    call,
  })
}

/** Starts the stand-down, or a new generation of one that ended without settling the job. */
export async function ensureStandDown(
  ports: Needs<'jobs' | 'standDowns' | 'clock'>,
  job: Job,
  end: ExecutionEnd,
): Promise<void> {
  if (await startStandDown(ports, job, end)) return
  if (!(await ports.standDowns.hasEnded(standDownName(job)))) return
  const at = timeAt(ports.clock.now())
  const event = { type: 'restart' as const, at, generation: job.generation + 1 }
  const outcome = await ports.jobs.apply(job.job_execution_id, event, job)
  if (outcome.kind !== 'refused') await startStandDown(ports, outcome.item, end)
}
