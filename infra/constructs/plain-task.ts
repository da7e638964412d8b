import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'

export type PlainTaskProps = sfn.TaskStateBaseProps & {
  fn: lambda.IFunction
  /**
   * Calls the version that this deployment publishes, instead of whatever is deployed last. Who may call it is
   * granted by the AbortableJob. @default false
   */
  versioned?: boolean
  /** @default the state's input */
  parameters?: Record<string, unknown>
}

/** The ARN of what this deployment publishes of the function; its own where it is another deployment's. */
export const versionOf = (fn: lambda.IFunction): string =>
  (fn instanceof lambda.Function ? fn.currentVersion : fn).functionArn

/** The function's ARN as the Task's Resource, so that the state's result is the function's own. */
export class PlainTask extends sfn.TaskStateBase {
  protected readonly taskMetrics?: sfn.TaskMetricsConfig
  protected readonly taskPolicies: iam.PolicyStatement[]
  private readonly rendered: Record<string, unknown>

  constructor(scope: Construct, id: string, { fn, parameters, versioned, ...props }: PlainTaskProps) {
    super(scope, id, props)
    const called = versioned ? versionOf(fn) : fn.functionArn
    this.rendered = { Resource: called, ...(parameters ? { Parameters: parameters } : {}) }
    const statement = { actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }
    this.taskPolicies = versioned ? [] : [new iam.PolicyStatement(statement)]
  }

  protected _renderTask(): Record<string, unknown> {
    return this.rendered
  }
}
