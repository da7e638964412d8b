import { Duration } from 'aws-cdk-lib'
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import * as secrets from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { BundledFunction } from '../bundled-function.ts'
import { joinNetwork, type Network } from '../network.ts'

/**
 * Who says whose token it is that an OpenStack client sends: a Keystone, as `https://keystone.example:5000`; or a secret
 * `[{token, user, project, roles?}]`, by its name, for those without one; or nobody, where `npm start` runs: any token is
 * taken there, and none on AWS.
 */
export type OpenStackAuth = Keystone | { tokensSecret: string } | { localOnly: true }

type Keystone = {
  keystoneUrl: string
  /** The subnets from which it can be reached. @default those of the functions that all jobs share */
  network?: Network | undefined
}

export type OpenStackAuthorizerProps = { auth: OpenStackAuth; prefix: string; network: Network | undefined }

/** Without a cache: API Gateway would let the answer for one route serve another. */
export function openStackAuthorizer(
  scope: Construct,
  { auth, prefix, network }: OpenStackAuthorizerProps,
): HttpLambdaAuthorizer {
  const fn = new BundledFunction(scope, 'OpenStackAuthorizer', {
    prefix,
    entry: 'functions/doors/openstack/authorize.ts',
    timeout: Duration.seconds(10),
    environment: { OPENSTACK_AUTH: JSON.stringify(told(auth)) },
  })
  joinNetwork(fn, ('keystoneUrl' in auth ? auth.network : undefined) ?? network)
  if ('tokensSecret' in auth) {
    secrets.Secret.fromSecretNameV2(scope, 'OpenStackTokens', auth.tokensSecret).grantRead(fn)
  }
  return new HttpLambdaAuthorizer('OpenStack', fn, {
    authorizerName: `${prefix}-openstack`,
    responseTypes: [HttpLambdaResponseType.SIMPLE],
    identitySource: [],
    resultsCacheTtl: Duration.seconds(0),
  })
}

function told(auth: OpenStackAuth): Record<string, string> {
  if ('tokensSecret' in auth) return { tokens_secret: auth.tokensSecret }
  if ('localOnly' in auth) return {}
  const { keystoneUrl } = auth
  if (/^https:\/\/[^/?#\s]+(\/[^?#\s]*)?$/.test(keystoneUrl)) return { keystone_url: keystoneUrl }
  throw new Error(
    `keystoneUrl is ${JSON.stringify(keystoneUrl)}: give https://host[:port][/path], tokens travel there`,
  )
}
