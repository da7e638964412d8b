import { isIdle, whenToStop } from '#core/abort/stop.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import type { MemoryWrite } from '#engine/memory/table.ts'
import type { Execution } from '#engine/ports.ts'
import { System } from './system.ts'

/** A system between two requests. */
export type Snapshot = {
  items: (Job | Step)[]
  /** How the items came to be. */
  writes: MemoryWrite[]
  executions: [string, Execution][]
  now: number
  /** Whether the execution is to be stopped: by the sweeper, as nobody else is about. */
  stopDue: boolean
}

export function snapshotOf(system: System): Snapshot {
  const { table, executions } = system.ports
  return {
    items: table.values(),
    writes: [...table.writes],
    executions: [...executions.all],
    now: system.now,
    stopDue: isStopDue(system),
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

/** The job is being cancelled, nothing of it runs, and its execution goes on. */
export function isStopDue({ job, execution, ports, now }: System): boolean {
  if (!job || execution?.status !== 'RUNNING') return false
  const when = whenToStop(job)
  const steps = ports.table.values().filter((value) => value.kind === 'step')
  return when === 'now' || (when === 'once-idle' && isIdle(steps, timeAt(now)))
}
