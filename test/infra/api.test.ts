import { Match } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { everyApp } from './synth.ts'

everyApp((deployed) => {
  test('has these routes, and each asks for an IAM signature', () => {
    const routes = deployed().all('AWS::ApiGatewayV2::Route')
    expect(
      routes.map(({ properties }) => `${properties.RouteKey} ${properties.AuthorizationType}`).sort(),
    ).toEqual([
      '$default AWS_IAM',
      'GET /jobs AWS_IAM',
      'GET /jobs/{id} AWS_IAM',
      'GET /jobs/{id}/events AWS_IAM',
      'GET /jobs/{id}/steps AWS_IAM',
      'GET /templates AWS_IAM',
      'GET /templates/{name} AWS_IAM',
      'POST /abort-job AWS_IAM',
      'POST /execute-job AWS_IAM',
      'POST /jobs/{id}/abort AWS_IAM',
      'POST /jobs/{id}/clean-up AWS_IAM',
      'POST /v1/{tenantId}/jobs/{id}/abort AWS_IAM',
    ])
  })

  test('logs who called', () => {
    deployed().template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AccessLogSettings: { Format: Match.stringLikeRegexp('requestId.*identity.userArn') },
      DefaultRouteSettings: { ThrottlingRateLimit: Match.anyValue() },
    })
  })
})
