import * as iam from 'aws-cdk-lib/aws-iam'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { JobControl } from '../job-control.ts'

/** Starts and aborts the jobs of actions: the step itself may only ask for it. */
export class ChildJobs extends Construct {
  readonly fn: lambda.Function

  constructor(scope: Construct, id: string, { control }: { control: JobControl }) {
    super(scope, id)
    this.fn = control.api.jobHandler(this, 'doors/watcher/child-job')
  }

  grantAsk(grantee: lambda.Function): void {
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.fn.functionArn],
    })
    grantee.addEnvironment('CHILD_JOBS', this.fn.functionName)
  }
}
