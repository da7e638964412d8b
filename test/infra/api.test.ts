import { Match } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { gatewayRoutes } from '#core/api/door.ts'
import { NODES } from '#functions/doors/ironic/routes.ts'
import { ACTION_PLANS } from '#functions/doors/watcher/routes.ts'
import { DOORS } from '#infra/constructs/job-api.ts'
import { readable } from './deployed.ts'
import { everyApp } from './synth.ts'

everyApp((deployed) => {
  test('has these routes, and each asks for an IAM signature', () => {
    const routes = deployed().all('AWS::ApiGatewayV2::Route')
    const keys = ['$default', ...[...DOORS, NODES, ACTION_PLANS].flatMap(gatewayRoutes).map(({ key }) => key)]
    expect(
      routes.map(({ properties }) => `${properties.RouteKey} ${properties.AuthorizationType}`).sort(),
    ).toEqual(keys.map((key) => `${key} AWS_IAM`).sort())
  })

  test('logs who called', () => {
    deployed().template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AccessLogSettings: { Format: Match.stringLikeRegexp('requestId.*identity.userArn') },
      DefaultRouteSettings: { ThrottlingRateLimit: Match.anyValue() },
    })
  })

  test('what is no route is answered by the function of the jobs', () => {
    const [route] = deployed()
      .all('AWS::ApiGatewayV2::Route')
      .filter(({ properties }) => properties.RouteKey === '$default')
    const integration = readable(route?.properties.Target).replace(/^integrations\/<(.*)>$/, '$1')
    const { properties } = deployed()
      .all('AWS::ApiGatewayV2::Integration')
      .find(({ id }) => id === integration)!
    const { id } = deployed().functionNamed('standdown-api-jobs')
    expect(readable(properties.IntegrationUri)).toBe(`<${id}.Arn>`)
  })

  test('each route that aborts or cleans up has a throttle of its own, set once the route is there', () => {
    const [stage] = Object.values(deployed().template.findResources('AWS::ApiGatewayV2::Stage'))
    const throttle = { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 }
    expect(stage?.Properties.RouteSettings).toEqual({
      'POST /abort-job': throttle,
      'POST /jobs/abort': throttle,
      'POST /jobs/{id}/abort': throttle,
      'POST /jobs/{id}/clean-up': throttle,
      'POST /v1/{tenantId}/jobs/{id}/abort': throttle,
    })
    const aborts = deployed()
      .all('AWS::ApiGatewayV2::Route')
      .filter(({ properties }) => properties.RouteKey.includes('abort'))
    expect(stage?.DependsOn).toEqual(expect.arrayContaining(aborts.map(({ id }) => id)))
  })
})
