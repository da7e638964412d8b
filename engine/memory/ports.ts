import type { Template } from '#core/template.ts'
import type { Clock, Log, Ports } from '../ports.ts'
import { MachineStandDowns } from '../stand-down/machine-stand-downs.ts'
import { CountingIds, ManualClock } from './clock.ts'
import { MemoryDoorRecords } from './door-records.ts'
import { MemoryExecutions } from './executions.ts'
import { MemoryBus, MemoryNotifications } from './notifications.ts'
import { MemoryJobs, MemorySteps } from './records.ts'
import { MemorySweepLease } from './sweep-lease.ts'
import { atOnce, MemoryTable, type Wire } from './table.ts'
import { MemoryTemplates } from './templates.ts'
import { MemoryValues } from './values.ts'

export type MemoryOptions = {
  templates: Template[]
  standDownArn: string
  clock?: Clock
  /** How requests to the table and to Step Functions go. @default at once */
  wire?: Wire
}

export type MemoryPorts = Ports & { table: MemoryTable; executions: MemoryExecutions; bus: MemoryBus }

const SILENT: Log = { warn: () => undefined }

/** All ports in one process: for tests of use cases, and of steps. */
export function memoryPorts(options: MemoryOptions): MemoryPorts {
  const { templates, standDownArn, clock = new ManualClock(), wire = atOnce } = options
  const table = new MemoryTable(wire)
  const jobs = new MemoryJobs(table)
  const executions = new MemoryExecutions(clock, wire)
  return {
    table,
    jobs,
    steps: new MemorySteps(table),
    values: new MemoryValues(wire),
    index: jobs,
    notifications: new MemoryNotifications(),
    bus: new MemoryBus(),
    sweepLease: new MemorySweepLease(),
    doorRecords: new MemoryDoorRecords(wire),
    executions,
    standDowns: new MachineStandDowns(executions, standDownArn),
    templates: new MemoryTemplates(templates),
    clock,
    ids: new CountingIds(),
    log: SILENT,
  }
}
