import { Duration } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { JobControl } from '../job-control.ts'
import { ProductFunction } from '../product-function.ts'

export type PlanSchedulerProps = { control: JobControl; template: string }

/** Answers each worker of a plan with its next action, as soon as there is one. */
export class PlanScheduler extends Construct {
  readonly fn: lambda.Function

  constructor(scope: Construct, id: string, { control, template }: PlanSchedulerProps) {
    super(scope, id)
    const { shared, machines } = control
    this.fn = new ProductFunction(this, 'NextAction', {
      shared,
      entry: 'functions/doors/watcher/next-action.ts',
      timeout: Duration.minutes(1),
    })
    shared.table.grantItems(this.fn)
    iam.Grant.addToPrincipal({
      grantee: this.fn,
      actions: ['states:SendTaskSuccess'],
      resourceArns: [machines.arnsOf(template).machine],
    })
  }
}
