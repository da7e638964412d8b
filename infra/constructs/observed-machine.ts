import { RemovalPolicy, Validations } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as logs from 'aws-cdk-lib/aws-logs'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { LOG_RETENTION } from './function-props.ts'

export type ObservedMachineProps = Omit<sfn.StateMachineProps, 'logs' | 'tracingEnabled' | 'role'> & {
  stateMachineName: string
}

/** A STANDARD state machine with its own role, a log of every event without the data, and traces. */
export class ObservedMachine extends sfn.StateMachine {
  constructor(scope: Construct, id: string, props: ObservedMachineProps) {
    const role = new iam.Role(scope, `${id}Role`, {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
    })
    // Names that begin so do not fill the account's log resource policy, which is small.
    const destination = new logs.LogGroup(scope, `${id}Logs`, {
      logGroupName: `/aws/vendedlogs/states/${props.stateMachineName}`,
      retention: LOG_RETENTION,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    super(scope, id, {
      ...props,
      role,
      tracingEnabled: true,
      logs: { destination, level: sfn.LogLevel.ALL, includeExecutionData: false },
    })
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray and the delivery of logs have no resources: AWS documents their actions on * only',
    })
  }
}
