import { RemovalPolicy } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import * as api from 'aws-cdk-lib/aws-apigatewayv2'
import * as logs from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { LOG_RETENTION } from '../function-props.ts'
import type { PlacedRoute } from './add-door.ts'

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

/** Of all routes together. */
const THROTTLE = { rateLimit: 50, burstLimit: 100 }

/** The API's one stage: throttled, and with a log of who called. */
export function addStage(scope: Construct, httpApi: api.HttpApi, prefix: string): api.HttpStage {
  const logGroup = new logs.LogGroup(scope, 'AccessLog', {
    logGroupName: `/aws/vendedlogs/apis/${prefix}`,
    retention: LOG_RETENTION,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  return new api.HttpStage(scope, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: THROTTLE,
    accessLogSettings: {
      destination: new api.LogGroupLogDestination(logGroup),
      format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
    },
  })
}

/**
 * Gives each of these routes a throttle of its own, so that a flood of other requests leaves room for an abort. API
 * Gateway refuses a setting of a route that is not there yet.
 */
export function throttleApart(stage: api.HttpStage, routes: PlacedRoute[]): void {
  const { rateLimit, burstLimit } = THROTTLE
  const settings = { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit }
  const cfnStage = stage.node.defaultChild as api.CfnStage
  cfnStage.routeSettings = Object.fromEntries(routes.map(({ key }) => [key, settings]))
  stage.node.addDependency(...routes.map(({ route }) => route))
}
