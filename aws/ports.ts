import type { Log, Ports } from '#engine/ports.ts'
import { MachineStandDowns } from '#engine/stand-down/machine-stand-downs.ts'
import { env } from './env.ts'
import { StepFunctionsExecutions } from './executions.ts'
import { stepFunctions } from './step-functions.ts'
import { randomIds, systemClock } from './system.ts'
import { TableDoorRecords } from './table/door-records.ts'
import { TableJobIndex } from './table/job-index.ts'
import { TableJobs } from './table/jobs.ts'
import { TableNotifications } from './table/notifications.ts'
import { TableSteps } from './table/steps.ts'
import { TableSweepLease } from './table/sweep-lease.ts'
import { deployedTable } from './table/table.ts'
import { TableValues } from './table/values.ts'
import { DeployedTemplates } from './templates.ts'

/** All ports but the bus, whose client only the functions that publish carry. */
export type ProductPorts = Omit<Ports, 'bus'>

/** The ports of a deployed function of the product, from its environment. */
export function productPorts(log: Log): ProductPorts {
  const table = deployedTable()
  const client = stepFunctions()
  const executions = new StepFunctionsExecutions(client)
  return {
    jobs: new TableJobs(table),
    steps: new TableSteps(table),
    values: new TableValues(table),
    index: new TableJobIndex(table),
    notifications: new TableNotifications(table),
    sweepLease: new TableSweepLease(table),
    doorRecords: new TableDoorRecords(table),
    executions,
    standDowns: new MachineStandDowns(executions, env.standDownArn()),
    templates: new DeployedTemplates({
      client,
      clock: systemClock,
      machines: env.templates(),
      abortModes: env.abortModes(),
      attached: env.attached(),
    }),
    clock: systemClock,
    ids: randomIds,
    log,
  }
}
