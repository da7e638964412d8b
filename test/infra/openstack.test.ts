import { describe, expect, test } from 'vitest'
import { gatewayRoutes } from '#core/api/door.ts'
import { IRONIC } from '#functions/doors/ironic/routes.ts'
import { WATCHER } from '#functions/doors/watcher/routes.ts'
import type { AppOptions } from '#infra/build-app.ts'
import { Deployed } from './deployed.ts'
import { synthesize } from './synth.ts'

const deploy = async (options: AppOptions): Promise<Deployed> =>
  new Deployed(await synthesize({ ...options, nag: false }))

const tokenRoutes = (deployed: Deployed): string[] =>
  deployed
    .all('AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => properties.AuthorizationType === 'CUSTOM')
    .map(({ properties }) => properties.RouteKey)

const toldOf = (deployed: Deployed): unknown =>
  JSON.parse(
    deployed.functionNamed('standdown-doors-openstack-authorize').properties.Environment.Variables
      .OPENSTACK_AUTH,
  )

const keys = [IRONIC, WATCHER].flatMap(gatewayRoutes).map(({ key }) => key)

describe("the doors of OpenStack's clients", () => {
  test.each<[AppOptions['openStack'], object]>([
    [{ keystoneUrl: 'https://keystone.example:5000' }, { keystone_url: 'https://keystone.example:5000' }],
    [{ tokensSecret: 'standdown/tokens' }, { tokens_secret: 'standdown/tokens' }],
    [{ localOnly: true }, {}],
  ])('stand behind an authorizer whose answers nobody keeps: %j', async (openStack, told) => {
    const deployed = await deploy({ openStack })
    expect(tokenRoutes(deployed).sort()).toEqual(keys.sort())
    expect(toldOf(deployed)).toEqual(told)
    deployed.template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      AuthorizerResultTtlInSeconds: 0,
      EnableSimpleResponses: true,
      IdentitySource: [],
    })
    expect(deployed.template.toJSON().Outputs.NotDeployed).toBeUndefined()
  })

  test('are not deployed where nobody checks tokens, and the output says so', async () => {
    const deployed = await deploy({})
    expect(tokenRoutes(deployed)).toEqual([])
    expect(deployed.template.toJSON().Outputs.NotDeployed.Value).toContain('docs/openstack.md')
  })

  test('send no token where anybody could read it', async () => {
    await expect(deploy({ openStack: { keystoneUrl: 'http://keystone.example:5000' } })).rejects.toThrow(
      'https://',
    )
  })
})

test('functions that reach BMCs or services are in the subnets that the stack names, and may make their interfaces there', async () => {
  const network = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] }
  const deployed = await deploy({ network })
  const inside = deployed
    .all('AWS::Lambda::Function')
    .filter(({ properties }) => properties.VpcConfig)
    .map(({ properties }) => [properties.FunctionName, properties.VpcConfig])
  expect(inside.sort()).toEqual([
    ['standdown-doors-ironic-sync-power', { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] }],
    ['standdown-steps-action-plan-run-action', { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] }],
    ['standdown-steps-node-power-set-power', { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] }],
  ])
})
