import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { createClient } from '#client/client.ts'
import type { StepView } from '#core/api/answers.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { isTerminal } from '#core/states.ts'
import { stepLabel } from '#core/step/step.ts'
import { spoken } from '../duration.ts'
import { cell } from '../output/format.ts'
import { looks } from '../watch/looks.ts'

export type Watched = { apiUrl: string; awsUrl: string; signal: AbortSignal; log(line: string): void }

/** Each job that is looked at costs the runtime two requests a second. */
const MOST_FOLLOWED = 10
const SHORT = 8

/** Tells each thing that happens to a job in one line: started, a step done, aborted by whom, settled. */
export async function tellJobs(watched: Watched): Promise<void> {
  const followed = new Set<string>()
  for await (const one of notifications(watched)) {
    const line = jobLine(one)
    if (line) tell(watched, one, line)
    const { job_execution_id } = one.payload.data.job
    if (isStart(one) && followed.size < MOST_FOLLOWED) {
      followed.add(job_execution_id)
      void tellSteps(watched, job_execution_id).finally(() => followed.delete(job_execution_id))
    }
  }
}

/** Watcher's of plans and actions come by the same bus, in an envelope of their own. */
const isOwn = ({ payload }: Notification): boolean => payload.namespace === 'standdown'

const isStart = ({ event_type }: Notification): boolean => event_type.endsWith('.execution.start')

function tell({ log }: Watched, { timestamp, payload }: Notification, line: string): void {
  const { job_execution_id, template } = payload.data.job
  log(`${clock(timestamp)}  ${cell(job_execution_id).slice(0, SHORT)}  ${template}: ${line}`)
}

const clock = (time: string): string => time.slice(11, 19)

/** Null for what is a step's own. */
export function jobLine({ event_type, payload }: Notification): string | null {
  const { step, abort_request: abort, state, fault } = payload.data
  if (step !== null) return null
  const [, topic, phase] = event_type.split('.')
  if (topic === 'execution' && phase === 'start') return 'started'
  if (topic === 'cancel' && phase === 'start') {
    const why = abort?.reason ? ` (${cell(abort.reason)})` : ''
    return `aborted by ${cell(abort?.requested_by ?? 'nobody')}, ${abort?.mode}${why}`
  }
  if (topic === 'cleanup')
    return phase === 'start' ? 'the clean-up begins again' : `the clean-up is over: ${phase}`
  return `${state}${fault ? `: ${cell(`${fault.exception}: ${fault.exception_message}`)}` : ''}`
}

/** A step's end is no notification unless it was cancelled, so the job itself is asked. */
async function tellSteps({ apiUrl, signal, log }: Watched, jobId: string): Promise<void> {
  const client = createClient({ endpoint: apiUrl })
  const told = new Set<string>()
  try {
    for await (const job of looks(jobId, { client, signal, away: () => undefined })) {
      for (const step of job.steps.filter(({ state, attempt }) => isTerminal(state) && attempt > 0)) {
        const label = stepLabel(step)
        if (told.has(label)) continue
        told.add(label)
        log(
          `${clock(step.ended_at ?? job.updated_at)}  ${jobId.slice(0, SHORT)}  ${job.template}: ${stepLine(step)}`,
        )
      }
    }
  } catch {
    // The runtime ends, or the job's record has gone: then there is nothing more to tell.
  }
}

function stepLine(step: StepView): string {
  const took =
    step.started_at && step.ended_at ? Date.parse(step.ended_at) - Date.parse(step.started_at) : null
  const cleaned = step.cleaned_up ? ', cleaned up' : ''
  return `step ${stepLabel(step)} ${step.state}${took === null ? '' : ` after ${spoken(took)}`}${cleaned}`
}

/** Of the bus, as the local runtime streams it. */
async function* notifications({ awsUrl, signal }: Watched): AsyncGenerator<Notification, void> {
  try {
    const { body } = await fetch(`${awsUrl}/_events?source=standdown`, { signal })
    if (!body) return
    for await (const line of createInterface({ input: Readable.fromWeb(body as ReadableStream) })) {
      if (!line.startsWith('data: ')) continue
      const { detail } = JSON.parse(line.slice(6)) as { detail: Notification }
      if (isOwn(detail)) yield detail
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
