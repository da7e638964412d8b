import { Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'

export type TokenTaskProps = sfn.TaskStateBaseProps & {
  fn: lambda.IFunction
  payload: Record<string, unknown>
}

/** Calls a function and waits, however long, for whoever answers with the task's token; `token` in the payload. */
export class TokenTask extends sfn.TaskStateBase {
  protected readonly taskMetrics?: sfn.TaskMetricsConfig
  protected readonly taskPolicies: iam.PolicyStatement[]
  private readonly rendered: Record<string, unknown>

  constructor(scope: Construct, id: string, { fn, payload, ...props }: TokenTaskProps) {
    super(scope, id, props)
    this.rendered = {
      Resource: `arn:${Stack.of(scope).partition}:states:::lambda:invoke.waitForTaskToken`,
      Parameters: { FunctionName: fn.functionArn, Payload: { ...payload, 'token.$': '$$.Task.Token' } },
    }
    this.taskPolicies = [
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }),
    ]
  }

  protected _renderTask(): Record<string, unknown> {
    return this.rendered
  }
}
