import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Resource } from '#local/template/assembly.ts'
import { readTemplate } from '#local/template/read-template.ts'
import { temporaryFolder, writeAssembly, writeDemo } from '../fixtures/assembly.ts'

const URLS = { apiUrl: 'http://127.0.0.1:1', awsUrl: 'http://127.0.0.1:2' }

const read = (Resources: Record<string, Resource>) => readTemplate(writeAssembly({ Resources }), URLS)

describe('a template', () => {
  test('gives every resource that runs here, worked out', () => {
    const directory = writeDemo('/out')
    const model = readTemplate(directory, URLS)
    expect(model.functions).toEqual([
      {
        logicalId: 'Recorder',
        name: 'recorder',
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:recorder',
        codeDir: join(directory, 'asset.code'),
        handler: 'index.handler',
        environment: { OUT: '/out', TABLE: 'jobs' },
        timeoutSeconds: 10,
        memoryMb: 128,
        roleArn: '',
        logGroup: '/aws/lambda/recorder',
      },
    ])
    expect(model.tables[0]).toMatchObject({ name: 'jobs', ttlAttribute: 'ttl' })
    expect(model.tables[0]?.definition).toMatchObject({ TableName: 'jobs', BillingMode: 'PAY_PER_REQUEST' })
    expect(model.eventSources[0]).toMatchObject({
      tableName: 'jobs',
      functionName: 'recorder',
      batchSize: 100,
    })
    expect(model.httpApis[0]?.routes).toMatchObject([
      { routeKey: 'ANY /jobs/{id}', functionName: 'recorder' },
    ])
    expect(model.rules[0]).toMatchObject({ name: 'Ended', busName: 'default', enabled: true })
    expect(model.rules[0]?.targets[0]?.arn).toBe(model.functions[0]?.arn)
    expect(model.buckets).toEqual(['files'])
    expect(model.outputs.MachineArn).toBe(model.stateMachines[0]?.arn)
  })

  test.each(['Definition', 'DefinitionS3Location', 'DefinitionSubstitutions'])(
    'with a machine that has a %s is refused by name',
    (property) => {
      const Properties = { DefinitionString: '{}', [property]: {} }
      const machine = { Type: 'AWS::StepFunctions::StateMachine', Properties }
      expect(() => read({ Machine: machine })).toThrow(`Machine: ${property} does not run here`)
    },
  )

  test.each(['Input', 'InputPath', 'InputTransformer'])(
    'with a rule target that has an %s is refused by name',
    (property) => {
      const Targets = [{ Id: 'Target0', Arn: 'arn:aws:lambda:::function:f', [property]: '$.detail' }]
      const rule = { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['x'] }, Targets } }
      expect(() => read({ Rule: rule })).toThrow(`target Target0: ${property} does not run here`)
    },
  )

  test('leaves permissions and logs alone, whatever is in them', () => {
    const model = read({
      Policy: { Type: 'AWS::IAM::Policy', Properties: { x: { 'Fn::GetAtt': ['Nobody', 'Arn'] } } },
      Logs: { Type: 'AWS::Logs::LogGroup' },
    })
    expect(model.functions).toEqual([])
  })

  test('with a condition on a resource or an output is refused by name', () => {
    const Files: Resource = { Type: 'AWS::S3::Bucket' }
    const refused = /the condition Never cannot be worked out here/
    expect(() => read({ Files: { ...Files, Condition: 'Never' } })).toThrow(refused)
    const Outputs = { Name: { Value: 'x', Condition: 'Never' } }
    expect(() => readTemplate(writeAssembly({ Resources: { Files }, Outputs }), URLS)).toThrow(refused)
  })

  test.each([
    ['AWS::EC2::Instance', /Thing has type AWS::EC2::Instance, which the local runtime does not know/],
    ['Custom::Thing', /Thing is a custom resource/],
    ['AWS::CloudFormation::CustomResource', /Thing is a custom resource/],
  ])('with a resource of type %s is refused by name', (Type, message) => {
    expect(() => read({ Thing: { Type } })).toThrow(message)
  })

  test('that cannot be worked out names the resource', () => {
    const Properties = { QueueName: { Ref: 'Nobody' } }
    expect(() => read({ Dead: { Type: 'AWS::SQS::Queue', Properties } })).toThrow(
      /^Dead \(AWS::SQS::Queue\): .*Nobody/,
    )
  })

  test('with a route key that API Gateway would not create is refused by name', () => {
    const ApiId = { Ref: 'Api' }
    const Integration = {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: { ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: 'arn:aws:lambda:::function:f' },
    }
    const routeOf = (RouteKey: string): Record<string, Resource> => ({
      Api: { Type: 'AWS::ApiGatewayV2::Api' },
      Integration,
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          ApiId,
          RouteKey,
          Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
        },
      },
    })
    expect(() => read(routeOf('ANY /things/'))).toThrow("Route: the route key 'ANY /things/' ends in a slash")
    expect(read(routeOf('GET /')).httpApis[0]?.routes[0]?.routeKey).toBe('GET /')
  })

  test('with an HTTP integration that is no function is refused', () => {
    const ApiId = { Ref: 'Api' }
    const resources = {
      Api: { Type: 'AWS::ApiGatewayV2::Api' },
      Away: { Type: 'AWS::ApiGatewayV2::Integration', Properties: { ApiId, IntegrationType: 'HTTP_PROXY' } },
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: { ApiId, RouteKey: 'GET /', Target: 'integrations/Away' },
      },
    }
    expect(() => read(resources)).toThrow(/Away: only AWS_PROXY with payload 2.0 runs here, got HTTP_PROXY/)
  })

  test('that was never synthesized is one clear line', () => {
    expect(() => readTemplate(temporaryFolder(), URLS)).toThrow(/cannot read .*manifest.json.*synthesize/)
  })
})
