import * as api from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'

/**
 * What is no door's is answered by a function, in the words of a problem: API Gateway itself would answer in its own.
 * It asks for a signature, too, so that nobody outside can have functions run.
 */
export function addFallback(httpApi: api.HttpApi, integration: api.HttpRouteIntegration): void {
  const routeKey = api.HttpRouteKey.DEFAULT
  const authorizer = new HttpIamAuthorizer()
  new api.HttpRoute(httpApi, 'Fallback', { httpApi, routeKey, integration, authorizer })
}
