import * as api from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { type Authorizer, type Door, type GatewayRoute, gatewayRoutes } from '#core/api/door.ts'

/** By the bundle of the function. */
export type Integrations = Record<string, api.HttpRouteIntegration>

const AUTHORIZERS: Record<Authorizer, api.IHttpRouteAuthorizer> = { iam: new HttpIamAuthorizer() }

/** Gives a door its routes, each with the function and the authorizer that its table names. */
export function addDoor(httpApi: api.HttpApi, door: Door, integrations: Integrations): void {
  for (const route of gatewayRoutes(door)) {
    const integration = integrations[route.bundle]
    if (!integration) {
      const known = Object.keys(integrations).join(', ')
      throw new Error(`the door ${door.name} names the function ${route.bundle}: there are ${known}`)
    }
    new api.HttpRoute(httpApi, `${route.method}${route.path}`, {
      httpApi,
      routeKey: routeKey(route),
      integration,
      authorizer: AUTHORIZERS[route.authorizer],
    })
  }
}

/** Whatever no door has a route for is refused in our words, and only to those who may call. */
export function addRefusal(httpApi: api.HttpApi, integration: api.HttpRouteIntegration): void {
  const routeKey = api.HttpRouteKey.DEFAULT
  new api.HttpRoute(httpApi, 'AnythingElse', { httpApi, routeKey, integration, authorizer: AUTHORIZERS.iam })
}

/** CDK makes no key whose path ends in a slash, which `{base}/` of a door has. */
function routeKey({ key, method, path }: GatewayRoute): api.HttpRouteKey {
  const plain = api.HttpRouteKey.with(path.replace(/\/$/, ''), method as api.HttpMethod)
  return Object.assign(plain, { key, path })
}
