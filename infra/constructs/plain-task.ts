import * as iam from 'aws-cdk-lib/aws-iam'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'

export type PlainTaskProps = sfn.TaskStateBaseProps & {
  fn: lambda.IFunction
  /** @default the state's input */
  parameters?: Record<string, unknown>
}

/** The function's ARN as the Task's Resource, so that the state's result is the function's own. */
export class PlainTask extends sfn.TaskStateBase {
  protected readonly taskMetrics?: sfn.TaskMetricsConfig
  protected readonly taskPolicies: iam.PolicyStatement[]
  private readonly rendered: Record<string, unknown>

  constructor(scope: Construct, id: string, { fn, parameters, ...props }: PlainTaskProps) {
    super(scope, id, props)
    this.rendered = { Resource: fn.functionArn, ...(parameters ? { Parameters: parameters } : {}) }
    this.taskPolicies = [
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }),
    ]
  }

  protected _renderTask(): Record<string, unknown> {
    return this.rendered
  }
}
