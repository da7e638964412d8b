import type { Construct } from 'constructs'
import { BundledFunction } from './bundled-function.ts'
import type { FunctionProps } from './function-props.ts'
import type { JobTable } from './job-table.ts'
import { type Machines, STAND_DOWN } from './machines.ts'
import { joinNetwork, type Network } from './network.ts'

/** What the product's functions share. */
export type Shared = {
  prefix: string
  table: JobTable
  machines: Machines
  retentionDays: number
  cleanUpTries: number
  capacity: Capacity
  network?: Network | undefined
}

/** Of the account's Lambda concurrency, which steps could otherwise take whole. */
export type Capacity = {
  /**
   * Concurrent executions reserved for each of the six functions that accept aborts and settle jobs. An account must
   * keep 100 unreserved, so a new one, whose limit is 10, can reserve none. @default none
   */
  reserved?: number | undefined
  /** How many executions of one step's function may run at once; as many are reserved for it. @default no limit */
  eachStep?: number | undefined
}

export type ProductFunctionProps = Omit<FunctionProps, 'prefix' | 'reserved'> & {
  shared: Shared
  /** Accepts aborts or settles jobs: keeps its reserved capacity, where there is one. @default false */
  settles?: boolean
}

/** A function of the product itself that works on jobs: it knows their table and their state machines. */
export class ProductFunction extends BundledFunction {
  constructor(scope: Construct, id: string, { shared, settles, ...props }: ProductFunctionProps) {
    const { prefix, table, machines, retentionDays, capacity, network } = shared
    const environment = {
      TABLE_NAME: table.table.tableName,
      RETENTION_DAYS: String(retentionDays),
      STAND_DOWN_ARN: machines.arnsOf(STAND_DOWN).machine,
      ...props.environment,
    }
    const reserved = settles ? capacity.reserved : undefined
    super(scope, id, { ...props, prefix, environment, reserved })
    machines.tell(this)
    joinNetwork(this, network)
  }
}
