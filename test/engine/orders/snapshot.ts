import { isIdle, whenToStop } from '#core/abort/stop.ts'
import { nextHooks } from '#core/clean-up/order.ts'
import { needsTidying } from '#core/clean-up/unfinished.ts'
import { executionArnOf, type Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import type { MemoryWrite } from '#engine/memory/table.ts'
import type { Execution } from '#engine/ports.ts'
import { STAND_DOWN, System } from './system.ts'

/** A system between two requests. */
export type Snapshot = {
  items: (Job | Step)[]
  /** How the items came to be. */
  writes: MemoryWrite[]
  executions: [string, Execution][]
  now: number
  /** What is left to the sweeper from the outset. */
  overdue: string[]
  /** With which of its tasks a stand-down that runs goes on. */
  standDownAt: StandDownTask
}

export type StandDownTask = 'drain' | 'clean-up' | 'settle'

export function snapshotOf(system: System): Snapshot {
  const { table, executions } = system.ports
  return {
    items: [...table.jobs(), ...table.steps()],
    writes: [...table.writes],
    executions: [...executions.all],
    now: system.now,
    overdue: overdueIn(system),
    standDownAt: standDownTask(system),
  }
}

export async function restored({ items, writes, executions, now }: Snapshot): Promise<System> {
  const system = new System(now)
  const { table, executions: started } = system.ports
  for (const item of items) {
    if (item.kind === 'job') await table.job(item.job_execution_id).write(undefined, item)
    else await table.step(item).write(undefined, item)
  }
  table.writes.splice(0, items.length, ...writes)
  for (const [arn, execution] of executions) started.all.set(arn, execution)
  return system
}

function standDownTask(system: System): StandDownTask {
  if (!system.job?.closed) return 'drain'
  return nextHooks(system.job, system.ports.table.steps(), 1).length > 0 ? 'clean-up' : 'settle'
}

/** What somebody should have done by now: only the sweeper would still do it. */
export function overdueIn(system: System): string[] {
  const { job, execution, ports, now } = system
  if (!job) return []
  const steps = ports.table.steps()
  const when = whenToStop(job)
  const idle = when === 'now' || (when === 'once-idle' && isIdle(steps, timeAt(now)))
  const standDowns = executionArnOf(STAND_DOWN, '')
  const standsDown = [...ports.executions.all.keys()].some((arn) => arn.startsWith(standDowns))
  const overdue: [boolean, string][] = [
    [idle && execution?.status === 'RUNNING', 'nothing runs any more, nobody has stopped the execution'],
    [idle && !execution && !standsDown, 'there is no execution to stop, nobody stands the job down'],
    [needsTidying(job, steps), 'the job has ended, a step is left open'],
  ]
  return overdue.filter(([is]) => is).map(([, text]) => text)
}
