import type { JsonObject } from './assembly.ts'
import { type Entry, text } from './entry.ts'
import { nameInArn } from './event-resources.ts'
import type { HttpApiModel, HttpRoute } from './model.ts'

/** An HTTP API with the stage, routes and integrations that belong to it. */
export function readHttpApi(api: Entry, entries: Entry[]): HttpApiModel {
  const mine = entries.filter(({ properties }) => properties.ApiId === api.ref)
  const parts = { integrations: byRef(mine, 'Integration'), authorizers: byRef(mine, 'Authorizer') }
  const stage = ofType(mine, 'Stage')[0]
  return {
    id: api.ref,
    name: text(api, 'Name', api.name),
    stage: stage ? text(stage, 'StageName') : '$default',
    routes: ofType(mine, 'Route').map((route) => readRoute(route, parts)),
  }
}

function ofType(entries: Entry[], kind: string): Entry[] {
  return entries.filter(({ type }) => type === `AWS::ApiGatewayV2::${kind}`)
}

const byRef = (entries: Entry[], kind: string): Map<string, Entry> =>
  new Map(ofType(entries, kind).map((entry) => [entry.ref, entry]))

type Parts = { integrations: Map<string, Entry>; authorizers: Map<string, Entry> }

function readRoute(route: Entry, { integrations, authorizers }: Parts): HttpRoute {
  const target = text(route, 'Target').replace(/^integrations\//, '')
  const integration = integrations.get(target)
  if (!integration) throw new Error(`${route.logicalId}: there is no integration ${target}`)
  const { IntegrationType: type, PayloadFormatVersion: version = '2.0' } = integration.properties
  if (type !== 'AWS_PROXY' || version !== '2.0') {
    throw new Error(
      `${integration.logicalId}: only AWS_PROXY with payload 2.0 runs here, got ${type} ${version}`,
    )
  }
  return {
    routeKey: keyOf(route),
    functionName: functionOf(integration.properties),
    payloadFormatVersion: '2.0',
    ...authorizerOf(route, authorizers),
  }
}

// API Gateway creates none that ends in a slash.
function keyOf(route: Entry): string {
  const key = text(route, 'RouteKey')
  if (!key.endsWith('/') || key.endsWith(' /')) return key
  throw new Error(
    `${route.logicalId}: the route key '${key}' ends in a slash; leave it out, both paths go there`,
  )
}

function authorizerOf(route: Entry, authorizers: Map<string, Entry>): Pick<HttpRoute, 'authorizerFunction'> {
  const { AuthorizationType: type = 'NONE', AuthorizerId: id } = route.properties
  if (type === 'NONE' || type === 'AWS_IAM') return {}
  const authorizer = authorizers.get(String(id))
  const { AuthorizerPayloadFormatVersion: version, EnableSimpleResponses: simple } =
    authorizer?.properties ?? {}
  if (type === 'CUSTOM' && authorizer && version === '2.0' && simple === true) {
    return { authorizerFunction: functionOf({ IntegrationUri: authorizer.properties.AuthorizerUri ?? null }) }
  }
  throw new Error(
    `${route.logicalId}: only AWS_IAM and Lambda authorizers with payload 2.0 and simple responses run here, got ${type}`,
  )
}

// A function's ARN, alone or inside `.../functions/<arn>/invocations`.
function functionOf({ IntegrationUri }: JsonObject): string {
  const uri = String(IntegrationUri)
  return nameInArn(/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri)
}
