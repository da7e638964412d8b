import * as api from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { type Authorizer, type Door, gatewayRoutes } from '#core/api/door.ts'

/** By the bundle of the function. */
export type Integrations = Record<string, api.HttpRouteIntegration>

export type Authorizers = Partial<Record<Authorizer, api.IHttpRouteAuthorizer>>

const IAM = new HttpIamAuthorizer()

/** A route as it is deployed, and the bundle of the function that serves it. */
export type PlacedRoute = { key: string; bundle: string; route: api.HttpRoute }

export type DoorParts = { integrations: Integrations; authorizers?: Authorizers }

/** Gives a door its routes, each with the function and the authorizer that its table names. */
export function addDoor(httpApi: api.HttpApi, door: Door, parts: DoorParts): PlacedRoute[] {
  const { integrations, authorizers = {} } = parts
  const known: Authorizers = { iam: IAM, ...authorizers }
  return gatewayRoutes(door).map((route) => {
    const integration = integrations[route.bundle]
    if (!integration) {
      const names = Object.keys(integrations).join(', ')
      throw new Error(`the door ${door.name} names the function ${route.bundle}: there are ${names}`)
    }
    const authorizer = known[route.authorizer]
    if (!authorizer)
      throw new Error(`the door ${door.name} asks for ${route.authorizer}, and nothing authorizes so`)
    const placed = new api.HttpRoute(httpApi, `${route.method}${route.path}`, {
      httpApi,
      routeKey: api.HttpRouteKey.with(route.path, route.method as api.HttpMethod),
      integration,
      authorizer,
    })
    return { key: route.key, bundle: route.bundle, route: placed }
  })
}

/** Whatever no door has a route for is refused in our words, and only to those who may call. */
export function addRefusal(httpApi: api.HttpApi, integration: api.HttpRouteIntegration): void {
  const routeKey = api.HttpRouteKey.DEFAULT
  new api.HttpRoute(httpApi, 'AnythingElse', { httpApi, routeKey, integration, authorizer: IAM })
}
