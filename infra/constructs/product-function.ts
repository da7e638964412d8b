import type { Construct } from 'constructs'
import { BundledFunction } from './bundled-function.ts'
import type { FunctionProps } from './function-props.ts'
import type { JobTable } from './job-table.ts'
import { type Machines, STAND_DOWN } from './machines.ts'

/** What the product's functions share. */
export type Shared = {
  prefix: string
  table: JobTable
  machines: Machines
  retentionDays: number
  cleanUpTries: number
}

export type ProductFunctionProps = Omit<FunctionProps, 'prefix'> & { shared: Shared }

/** A function of the product itself that works on jobs: it knows their table and their state machines. */
export class ProductFunction extends BundledFunction {
  constructor(scope: Construct, id: string, { shared, ...props }: ProductFunctionProps) {
    const { prefix, table, machines, retentionDays } = shared
    const environment = {
      TABLE_NAME: table.table.tableName,
      RETENTION_DAYS: String(retentionDays),
      STAND_DOWN_ARN: machines.arnsOf(STAND_DOWN).machine,
      ...props.environment,
    }
    super(scope, id, { ...props, prefix, environment })
    machines.tell(this)
  }
}
