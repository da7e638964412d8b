import type { JsonObject } from './assembly.ts'
import { type Entry, text } from './entry.ts'
import { nameInArn } from './event-resources.ts'
import type { HttpApiModel, HttpRoute } from './model.ts'

/** An HTTP API with the stage, routes and integrations that belong to it. */
export function readHttpApi(api: Entry, entries: Entry[]): HttpApiModel {
  const mine = entries.filter(({ properties }) => properties.ApiId === api.ref)
  const integrations = new Map(ofType(mine, 'Integration').map((entry) => [entry.ref, entry]))
  const stage = ofType(mine, 'Stage')[0]
  return {
    id: api.ref,
    name: text(api, 'Name', api.name),
    stage: stage ? text(stage, 'StageName') : '$default',
    routes: ofType(mine, 'Route').map((route) => readRoute(route, integrations)),
  }
}

function ofType(entries: Entry[], kind: string): Entry[] {
  return entries.filter(({ type }) => type === `AWS::ApiGatewayV2::${kind}`)
}

function readRoute(route: Entry, integrations: Map<string, Entry>): HttpRoute {
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
    routeKey: text(route, 'RouteKey'),
    functionName: functionOf(integration.properties),
    payloadFormatVersion: '2.0',
  }
}

// A function's ARN, alone or inside `.../functions/<arn>/invocations`.
function functionOf({ IntegrationUri }: JsonObject): string {
  const uri = String(IntegrationUri)
  return nameInArn(/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri)
}
