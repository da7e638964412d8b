import type { Log } from '#engine/ports.ts'
import type { StepPorts } from '#engine/steps/ports.ts'
import { env } from './env.ts'
import { ExecutionsOnDemand } from './executions-on-demand.ts'
import { randomIds, systemClock } from './system.ts'
import { TableJobs } from './table/jobs.ts'
import { TableSteps } from './table/steps.ts'
import { deployedTable } from './table/table.ts'
import { TableValues } from './table/values.ts'

const LOOK_MS = 250
const WRITE_MS = 1000

/** What a deployed step needs, from its environment; apart from the product's ports, so that its bundle is small. */
export function stepPorts(log: Log): StepPorts {
  const table = deployedTable()
  return {
    jobs: new TableJobs(table),
    steps: new TableSteps(table),
    values: new TableValues(table),
    executions: new ExecutionsOnDemand(),
    clock: systemClock,
    ids: randomIds,
    log,
    timing: { leaseMs: env.leaseSeconds() * 1000, lookMs: LOOK_MS, writeMs: WRITE_MS },
  }
}
