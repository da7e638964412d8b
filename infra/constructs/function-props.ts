import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as logs from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { METRICS_NAMESPACE } from '#core/metrics.ts'
import { placeOf } from '../bundle/bundle-now.ts'
import { bundleCode } from '../bundle/code.ts'
import { bundleName } from '../bundle/layout.ts'

export const DEFAULT_PREFIX = 'standdown'
export const LOG_RETENTION = logs.RetentionDays.THREE_MONTHS

export type FunctionProps = {
  /** Its source file, as `functions/events/settle.ts`, whose `handler` it runs. */
  entry: string
  /** Begins the function's name. @default standdown */
  prefix?: string
  /** @default 256 */
  memorySize?: number
  /** @default 30 seconds */
  timeout?: Duration
  environment?: Record<string, string>
  /** Concurrent executions kept for it out of the account's, and its limit. @default none */
  reserved?: number | undefined
  deadLetterQueue?: lambda.FunctionProps['deadLetterQueue']
  /** @default what the build made of the entry */
  code?: lambda.Code
}

const POWERTOOLS = {
  POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
  POWERTOOLS_LOG_LEVEL: 'INFO',
}

export const functionNameOf = (entry: string, prefix: string): string =>
  `${prefix}-${bundleName(placeOf(entry).file).replaceAll('/', '-')}`

/** What all functions have in common: a log group and a role of their own, tracing, the bundled code. */
export function functionProps(scope: Construct, id: string, props: FunctionProps): lambda.FunctionProps {
  const { prefix = DEFAULT_PREFIX } = props
  const functionName = functionNameOf(props.entry, prefix)
  if (functionName.length > 64) {
    throw new Error(
      `the function name ${functionName} is longer than 64 characters: shorten the path of its entry`,
    )
  }
  const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: LOG_RETENTION,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  return {
    functionName,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: props.code ?? bundleCode(scope, props.entry),
    memorySize: props.memorySize ?? 256,
    timeout: props.timeout ?? Duration.seconds(30),
    environment: { ...POWERTOOLS, POWERTOOLS_SERVICE_NAME: prefix, ...props.environment },
    logGroup,
    role: ownRole(scope, `${id}Role`, logGroup),
    tracing: lambda.Tracing.ACTIVE,
    ...(props.reserved === undefined ? {} : { reservedConcurrentExecutions: props.reserved }),
    ...(props.deadLetterQueue ? { deadLetterQueue: props.deadLetterQueue } : {}),
  }
}

/** Without AWSLambdaBasicExecutionRole, which may write to every log group of the account. */
function ownRole(scope: Construct, id: string, logGroup: logs.LogGroup): iam.Role {
  const role = new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') })
  logGroup.grantWrite(role)
  acknowledgeTracing(role)
  return role
}

function acknowledgeTracing(role: iam.Role): void {
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'X-Ray has no resources: xray:PutTraceSegments and PutTelemetryRecords can only be granted on *',
  })
}
