import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import * as api from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { LOG_RETENTION } from './function-props.ts'
import { permit, STAND_DOWN } from './machines.ts'
import { ProductFunction, type Shared } from './product-function.ts'

const ROUTES = {
  'api/execute-job': ['POST /execute-job'],
  'api/abort-job': ['POST /abort-job', 'POST /jobs/{id}/abort', 'POST /v1/{tenantId}/jobs/{id}/abort'],
  'api/jobs': ['GET /jobs', 'GET /jobs/{id}', 'GET /jobs/{id}/events', 'GET /templates'],
}

const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  userArn: '$context.identity.userArn',
  sourceIp: '$context.identity.sourceIp',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
}

/** The HTTP API: every route asks for an IAM signature, and who signed is who aborted. */
export class JobApi extends Construct {
  readonly url: string

  constructor(scope: Construct, id: string, shared: Shared) {
    super(scope, id)
    const httpApi = new api.HttpApi(this, 'Api', {
      apiName: shared.prefix,
      createDefaultStage: false,
      defaultAuthorizer: new HttpIamAuthorizer(),
    })
    this.route(httpApi, 'api/execute-job', this.executeJob(shared))
    this.route(httpApi, 'api/abort-job', this.abortJob(shared))
    this.route(httpApi, 'api/jobs', this.jobs(shared))
    this.url = this.stage(httpApi, shared.prefix).url
  }

  private executeJob(shared: Shared): lambda.Function {
    const fn = this.handler('ExecuteJob', 'api/execute-job', shared)
    shared.table.grantItems(fn)
    shared.machines.grant(fn, 'StartExecution', 'StopExecution', 'DescribeStateMachine')
    return fn
  }

  private abortJob(shared: Shared): lambda.Function {
    const fn = this.handler('AbortJob', 'api/abort-job', shared)
    shared.table.grantItems(fn)
    shared.machines.grant(fn, 'StopExecution', 'DescribeStateMachine', 'DescribeStateMachineForExecution')
    // A job whose execution does not exist yet is stood down at once.
    permit({ grantee: fn, actions: ['StartExecution'] }, shared.machines.arnsOf(STAND_DOWN))
    return fn
  }

  private jobs(shared: Shared): lambda.Function {
    const fn = this.handler('Jobs', 'api/jobs', shared)
    shared.table.grantRead(fn)
    shared.table.grantIndex(fn, 'by_template')
    shared.machines.grant(fn, 'DescribeStateMachine', 'DescribeStateMachineForExecution')
    return fn
  }

  /** API Gateway gives up after 30 s. */
  private handler(id: string, bundle: string, shared: Shared): lambda.Function {
    const timeout = Duration.seconds(29)
    const entry = `functions/${bundle}.ts`
    return new ProductFunction(this, id, { shared, entry, timeout, memorySize: 512 })
  }

  private route(httpApi: api.HttpApi, bundle: keyof typeof ROUTES, fn: lambda.Function): void {
    const integration = new HttpLambdaIntegration(bundle, fn)
    for (const route of ROUTES[bundle]) {
      const [method, path] = route.split(' ') as [api.HttpMethod, string]
      httpApi.addRoutes({ path, methods: [method], integration })
    }
  }

  private stage(httpApi: api.HttpApi, prefix: string): api.HttpStage {
    const logGroup = new logs.LogGroup(this, 'AccessLog', {
      logGroupName: `/aws/vendedlogs/apis/${prefix}`,
      retention: LOG_RETENTION,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    return new api.HttpStage(this, 'Stage', {
      httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 50, burstLimit: 100 },
      accessLogSettings: {
        destination: new api.LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    })
  }
}
