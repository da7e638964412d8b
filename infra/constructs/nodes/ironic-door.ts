import * as iam from 'aws-cdk-lib/aws-iam'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { IRONIC, NODES } from '#functions/doors/ironic/routes.ts'
import type { JobControl } from '../job-control.ts'

export type IronicDoorProps = {
  control: JobControl
  /** Looks at one node. */
  sync: lambda.IFunction
}

/** Nodes, as Ironic's clients and our own ask for them. */
export class IronicDoor extends Construct {
  constructor(scope: Construct, id: string, { control, sync }: IronicDoorProps) {
    super(scope, id)
    const { api } = control
    const fn = api.jobHandler(this, IRONIC.bundle)
    fn.addEnvironment('SYNC_FUNCTION', sync.functionName)
    iam.Grant.addToPrincipal({
      grantee: fn,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [sync.functionArn],
    })
    api.serve(NODES, fn)
    api.serveOpenStack(IRONIC, fn)
  }
}
