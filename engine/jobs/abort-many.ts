import { MAX_MANY, type OpenJobFilter } from '#core/api/abort-requests.ts'
import type { Job } from '#core/job/job.ts'
import { inParallel } from '../in-parallel.ts'
import type { JobFilter, Needs } from '../ports.ts'
import { type AbortCommand, type Aborted, abortJob } from './abort.ts'
import { PacedStops } from './paced-stops.ts'

type Aborting = Parameters<typeof abortJob>[0]

/** The outcome for one of the jobs. */
export type AbortOutcome = { job_execution_id: string } & (
  | { aborted: Pick<Aborted, 'job' | 'changed' | 'notTaken'> }
  | { error: Error }
)

export type ManyAborted = { outcomes: AbortOutcome[]; left: number }

const AT_ONCE = 50
/** API Gateway gives up after 30 s. */
const ANSWER_MS = 20_000

/**
 * Aborts each of these jobs: first all flags, then the stops, at a pace. `left` are those whose stop was not sent by the
 * time that the answer has to go out: their abort holds, and the sweeper stops them.
 */
export async function abortJobs(
  ports: Aborting,
  ids: string[],
  command: Omit<AbortCommand, 'job_execution_id'>,
): Promise<ManyAborted> {
  const until = ports.clock.now() + ANSWER_MS
  const stops = new PacedStops(ports)
  const outcomes = new Map<string, AbortOutcome>()
  const stopping: Promise<void>[] = []
  let sent = 0
  await inParallel([...new Set(ids)], AT_ONCE, async (job_execution_id) => {
    try {
      const all = { ...ports, executions: stops.executions }
      const { stopping: stop, ...aborted } = await abortJob(all, { ...command, job_execution_id })
      const counted = async (): Promise<void> => {
        await stop
        sent += 1
      }
      stopping.push(counted().catch(() => undefined))
      outcomes.set(job_execution_id, { job_execution_id, aborted })
    } catch (error) {
      outcomes.set(job_execution_id, { job_execution_id, error: error as Error })
    }
  })
  stops.open()
  await within(ports, until, Promise.all(stopping))
  stops.close()
  const inOrder = [...new Set(ids)].map((id) => outcomes.get(id)!)
  return { outcomes: inOrder, left: stopping.length - sent }
}

/** Until the work has ended, or the time has come. */
function within({ clock }: Aborting, until: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(Math.max(0, until - clock.now()), resolve)
    void work.then(() => {
      cancel()
      resolve()
    })
  })
}

/** Jobs that have not ended, as of a moment ago; `truncated` where there are more than one request may abort. */
export type FoundJobs = { jobs: Job[]; truncated: boolean }

const PAGE = 250

export async function openJobs(
  { index }: Needs<'index'>,
  { template, state, created_before }: OpenJobFilter,
  tenant_id: string | undefined,
): Promise<FoundJobs> {
  const wanted: JobFilter = {
    ...(template === undefined ? {} : { template }),
    ...(state === undefined ? {} : { state }),
    ...(tenant_id === undefined ? {} : { tenant_id }),
  }
  const jobs: Job[] = []
  let after: string | null = null
  do {
    const page = await index.latest({ ...wanted, limit: PAGE, ...(after === null ? {} : { after }) })
    const before = created_before === undefined ? Number.POSITIVE_INFINITY : Date.parse(created_before)
    jobs.push(...page.items.filter((job) => Date.parse(job.created_at) < before))
    after = page.next
  } while (after !== null && jobs.length <= MAX_MANY)
  return { jobs: jobs.slice(0, MAX_MANY), truncated: jobs.length > MAX_MANY }
}
