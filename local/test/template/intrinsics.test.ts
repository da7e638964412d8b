// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
import { describe, expect, test } from 'vitest'
import type { Json, Template } from '#local/template/assembly.ts'
import { resolve } from '#local/template/intrinsics.ts'

const template: Template = {
  Resources: {
    Fn: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'worker' } },
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
    Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: {} },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: { 'Fn::Sub': 'bus-${Fn}' } } },
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'a title' } },
    Role: { Type: 'AWS::IAM::Role', Properties: {} },
  },
}
const stack = { name: 'Demo', template }
const other = {
  name: 'Other',
  template: {
    Resources: { Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } } },
    Outputs: {
      Plain: { Value: 'nothing to import' },
      Ours: {
        Value: { 'Fn::GetAtt': ['Dead', 'Arn'] },
        Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Queue' } },
      },
    },
  },
}
const context = {
  stack,
  assembly: { stacks: [stack, other], assets: new Map<string, string>() },
  urls: { apiUrl: 'http://127.0.0.1:4000', awsUrl: 'http://127.0.0.1:4001' },
  versions: { versionNumber: () => 1 },
}

const ENDPOINT = [
  'https://',
  { Ref: 'Api' },
  '.execute-api.',
  { Ref: 'AWS::Region' },
  '.',
  { Ref: 'AWS::URLSuffix' },
  '/x',
]

describe('an intrinsic function', () => {
  test.each<[Json, unknown]>([
    [{ Ref: 'AWS::AccountId' }, '000000000000'],
    [{ Ref: 'Version' }, 'arn:aws:lambda:us-east-1:000000000000:function:worker:1'],
    [{ Ref: 'Fn' }, 'worker'],
    [{ Ref: 'Bucket' }, 'bucket'],
    [{ Ref: 'Machine' }, 'arn:aws:states:us-east-1:000000000000:stateMachine:Machine'],
    [{ Ref: 'Queue' }, 'http://127.0.0.1:4001/000000000000/Queue'],
    [{ Ref: 'Api' }, 'Api'],
    [{ 'Fn::GetAtt': ['Fn', 'Arn'] }, 'arn:aws:lambda:us-east-1:000000000000:function:worker'],
    [{ 'Fn::GetAtt': 'Bus.Arn' }, 'arn:aws:events:us-east-1:000000000000:event-bus/bus-worker'],
    [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::bucket'],
    [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::000000000000:role/Role'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Fn' }]] }, 'a-worker'],
    [
      { 'Fn::Sub': '${!literal} ${Fn.Arn}' },
      '${literal} arn:aws:lambda:us-east-1:000000000000:function:worker',
    ],
    [{ 'Fn::Sub': ['${own}/${Bucket}', { own: { Ref: 'Fn' } }] }, 'worker/bucket'],
    [{ 'Fn::Join': ['', ENDPOINT] }, 'http://127.0.0.1:4000/x'],
    [{ 'Fn::ImportValue': 'Other:Queue' }, 'arn:aws:sqs:us-east-1:000000000000:dead'],
    [{ kept: 1, gone: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    [['a', { Ref: 'AWS::NoValue' }], ['a']],
  ])('%j becomes %j', (expression, value) => {
    expect(resolve(expression, context)).toEqual(value)
  })

  test.each<[Json, RegExp]>([
    [{ Ref: 'Nobody' }, /no resource Nobody; parameters do not run here/],
    [{ 'Fn::GetAtt': ['Fn', 'Color'] }, /Fn \(AWS::Lambda::Function\) has no attribute Color/],
    [{ 'Fn::ImportValue': 'Away:Queue' }, /no stack of the app exports Away:Queue/],
    [{ 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }, /Fn::Cidr is not supported/],
    [{ 'Fn::If': ['Large', 1, 2] }, /Fn::If is not supported/],
  ])('%j is refused', (expression, message) => {
    expect(() => resolve(expression, context)).toThrow(message)
  })
})
