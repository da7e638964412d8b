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

const INSIDE = [
  'standdown-doors-ironic-sync-power',
  'standdown-steps-action-plan-run-action',
  'standdown-steps-node-power-set-power',
]

test.each<[string, AppOptions['openStack'], string[]]>([
  ['BMCs and services', { tokensSecret: 'standdown/tokens' }, INSIDE],
  [
    'BMCs, services and Keystone',
    { keystoneUrl: 'https://keystone.example:5000' },
    ['standdown-doors-openstack-authorize', ...INSIDE],
  ],
])(
  'functions that reach %s are in the subnets that the stack names, and may make their interfaces there',
  async (_, openStack, names) => {
    const network = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] }
    const deployed = await deploy({ network, openStack })
    const inside = deployed.functions.filter(({ properties }) => properties.VpcConfig)
    expect(inside.map(({ properties }) => properties.FunctionName).sort()).toEqual(names.toSorted())
    for (const fn of inside) {
      expect(fn.properties.VpcConfig).toEqual({ SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] })
      expect(deployed.allowed(fn, 'ec2:')).toContain('CreateNetworkInterface *')
    }
  },
)
