import { isIdle, type StopTime } from '#core/abort/stop.ts'
import type { Job } from '#core/job/job.ts'
import { type Attempt, endExecution, executionOf } from './execution.ts'
import { valued } from './intern.ts'
import { get, type Model, NOW, type Row, SLOT, stepsOf, type World } from './model.ts'
import { must } from './violation.ts'

/** The job that a process has read, by the number that it remembers. */
export const jobNumbered = (number: number): Job => valued<Row<Job>>(number).item!

/** The next call of engine/jobs/stop-if-idle.ts for a job as read: the query of its steps, the stop, or none. */
export const FIRST_CALL: Record<StopTime, 'query' | 'stop' | null> = {
  now: 'stop',
  'once-idle': 'query',
  never: null,
}

/** What the query of the steps says. A graceful stop must find no handler at work, now or later. */
export function mayStop(world: World, model: Model): boolean {
  const forgets = model.mutation === 'stop-between-attempts'
  const steps = stepsOf(world, model).map((step) => (forgets ? { ...step, resumes: false } : step))
  if (!isIdle(steps, NOW)) return false
  if (executionOf(world).status !== 'RUNNING') return true
  // Also a step that goes on after its Lambda's time: an abort waits for its end.
  const works = (attempt: Attempt | null): boolean =>
    (attempt?.pc === 'run' && model.abortable !== 'stop') ||
    (attempt?.resumes === true && ['claim', 'admit'].includes(attempt.pc))
  const busy = model.chain.filter((_step, i) => works(get<Attempt | null>(world, SLOT.attempt + i)))
  must(busy.length === 0, 'case 13', `a graceful stop under the running ${busy.map((s) => s.name).join()}`)
  return true
}

/** StopExecution; `missing` when there is no execution yet. */
export function stopExecution(world: World): { world: World; missing: boolean } {
  const missing = executionOf(world).status === 'none'
  return { world: missing ? world : endExecution(world, 'ABORTED'), missing }
}
