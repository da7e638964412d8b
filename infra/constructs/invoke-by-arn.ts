import { Stack } from 'aws-cdk-lib'
import type * as iam from 'aws-cdk-lib/aws-iam'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'

/** Invokes the function that the input names. Who may be invoked is granted by each AbortableJob. */
export class InvokeByArn extends sfn.TaskStateBase {
  protected readonly taskMetrics?: sfn.TaskMetricsConfig
  protected readonly taskPolicies?: iam.PolicyStatement[]

  protected _renderTask(): Record<string, unknown> {
    return {
      Resource: Stack.of(this).formatArn({
        service: 'states',
        region: '',
        account: '',
        resource: 'lambda:invoke',
      }),
      Parameters: { 'FunctionName.$': '$.function_arn', 'Payload.$': '$.payload' },
    }
  }
}
