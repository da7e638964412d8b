import { shouldStop } from '#core/clean-up/unfinished.ts'
import type { Job } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import { type Attempt, endExecution, executionOf } from './execution.ts'
import { valued } from './intern.ts'
import { get, type Held, type Model, NOW, SLOT, stepsOf, type World } from './model.ts'
import { must } from './violation.ts'

export const heldJob = (number: number): Job => valued<Held<Job>>(number).item!

/** The next call of stopIfIdle, for a job as read: a query of the steps, the stop, or nothing. */
export function beginStop(job: Job): 'query' | 'stop' | 'no' {
  if (job.state !== 'CANCELLING' || job.closed) return 'no'
  return job.abort_request.mode === 'force' ? 'stop' : 'query'
}

/** As `endIdle` of the sdk: the raced execution of an ended job is stopped, too. */
export const beginEndIdle = (job: Job): 'query' | 'stop' | 'no' =>
  isTerminal(job.state) && job.state !== 'SUCCEEDED' ? 'stop' : beginStop(job)

/** After the query. A graceful stop must find no handler at work, now or later. */
export function decideStop(world: World, model: Model, job: Job): boolean {
  if (!shouldStop(job, stepsOf(world, model), NOW)) return false
  if (executionOf(world).status !== 'RUNNING') return true
  const busy = model.chain.filter((_step, i) => get<Attempt | null>(world, SLOT.attempt + i)?.pc === 'run')
  must(busy.length === 0, 'case 13', `a graceful stop under the running ${busy.map((s) => s.name).join()}`)
  return true
}

/** StopExecution; `missing` when there is no execution yet. */
export function stopExecution(world: World): { world: World; missing: boolean } {
  const missing = executionOf(world).status === 'none'
  return { world: missing ? world : endExecution(world, 'ABORTED'), missing }
}
