import { CannotCleanUp } from '#sdk/index.ts'
import type { ActionHookTools, ActionOf, ActionParts, ActionTools } from '../actions/action.ts'
import { ActionRefused, OperationFailed } from '../actions/errors.ts'
import type { JobCheckpoint, JobEnd } from './checkpoint.ts'
import type { Child, ChildQuestion } from './child-jobs.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 15_000
const longer = (pause: number): number => Math.min(pause * 1.5, LONGEST_PAUSE_MS)
const ENDED = ['SUCCEEDED', 'CANCELLED', 'FAILED']

type Asking = { parts: ActionParts; action: ActionOf<'job'>; parent: string; signal: AbortSignal }

/**
 * Starts the job, and waits for its end, which is the action's. Under a graceful abort the job is aborted, too.
 *
 * @throws ActionRefused, OperationFailed
 */
export async function runJob(parts: ActionParts, action: ActionOf<'job'>, tools: ActionTools): Promise<void> {
  const { signal, stopping, job } = tools
  const kept: JobCheckpoint = { action_type: 'job', action, asked: true, end: null }
  const asking = { parts, action, parent: job.job_execution_id, signal }
  await tools.pointOfNoReturn(kept).catch(async (error) => {
    if (tools.resumeFrom === null) await tools.checkpoint({ ...kept, asked: false }).catch(() => undefined)
    throw error
  })
  let told = false
  await answered(asking, 'start')
  for (let pause = FIRST_PAUSE_MS; ; pause = longer(pause)) {
    // An abort that comes during the question is told by the next one.
    const tells: boolean = stopping.aborted && !told
    const child = await answered(asking, tells ? 'abort' : 'look')
    told ||= tells
    const end = endOf(child)
    if (end === 'succeeded') return
    if (end !== null) {
      await tools.checkpoint({ ...kept, end }).catch(() => undefined)
      throw end.kind === 'refused' ? new ActionRefused(end.why) : new OperationFailed(end.why)
    }
    await parts.sleep(pause, told ? signal : stopping)
    signal.throwIfAborted()
  }
}

/**
 * Aborts the job as the plan is aborted, and waits for its end.
 *
 * @throws CannotCleanUp where it succeeded all the same, or failed
 */
export async function abortChildJob(
  parts: ActionParts,
  { action, asked, end: known }: JobCheckpoint,
  { signal, job, mode }: ActionHookTools,
): Promise<void> {
  const asking = { parts, action, parent: job.job_execution_id, signal }
  let end = asked ? known : ({ kind: 'refused', why: 'it was never asked for' } as const)
  for (let pause = FIRST_PAUSE_MS; end === null; pause = longer(pause)) {
    // Asked each time: a stronger abort of the plan comes to the job so.
    const now = endOf(await answered(asking, 'abort'))
    if (now === 'succeeded') throw new CannotCleanUp('its job succeeded before it could be aborted')
    end = now
    if (end === null) await parts.sleep(pause, signal)
    signal.throwIfAborted()
  }
  if (end.kind !== 'failed' || mode === null) return
  throw new CannotCleanUp(end.why)
}

/** Until there is an answer. @throws the reason of the signal */
async function answered(
  { parts, action, parent, signal }: Asking,
  ask: ChildQuestion['ask'],
): Promise<Child> {
  const { template, input = {} } = action.input_parameters
  const question = { ask, parent, action_uuid: action.uuid, template, input }
  for (let pause = FIRST_PAUSE_MS; ; pause = longer(pause)) {
    const child = await parts.jobs.ask(question, signal)
    if (child !== null) return child
    await parts.sleep(pause, signal)
    signal.throwIfAborted()
  }
}

/** Null where it goes on. */
function endOf(child: Child): JobEnd | 'succeeded' | null {
  if (child.kind !== 'job') return { kind: 'refused', why: child.why }
  const { job_execution_id: id, state, fault } = child
  if (!ENDED.includes(state)) return null
  if (state === 'SUCCEEDED') return 'succeeded'
  const why = `the job ${id} is ${state}${fault === null ? '' : `: ${fault}`}`
  return { kind: state === 'CANCELLED' ? 'cancelled' : 'failed', why }
}
