// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
import { describe, expect, test } from 'vitest'
import type { Json, Template } from '#local/template/assembly.ts'
import { resolve } from '#local/template/intrinsics.ts'

const template: Template = {
  Parameters: { Size: { Default: 'small' }, Nameless: { Type: 'String' } },
  Mappings: { Sizes: { small: { memory: 128 } } },
  Conditions: {
    IsSmall: { 'Fn::Equals': [{ Ref: 'Size' }, 'small'] },
    IsBig: { 'Fn::Not': [{ Condition: 'IsSmall' }] },
    Both: { 'Fn::And': [{ Condition: 'IsSmall' }, { Condition: 'IsBig' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsSmall' }, { Condition: 'IsBig' }] },
  },
  Resources: {
    Fn: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'worker' } },
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
    Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: {} },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: { 'Fn::Sub': 'bus-${Size}' } } },
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'a title' } },
    Role: { Type: 'AWS::IAM::Role', Properties: {} },
  },
}
const other: Template = {
  Resources: { Shared: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'shared' } } },
  Outputs: { Out: { Value: { Ref: 'Shared' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}-bucket' } } } },
}

const stack = { name: 'Demo', template }
const context = {
  stack,
  assembly: { stacks: [stack, { name: 'Other', template: other }], assets: new Map<string, string>() },
  urls: { apiUrl: 'http://127.0.0.1:4000', awsUrl: 'http://127.0.0.1:4001' },
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
    [{ Ref: 'Size' }, 'small'],
    [{ Ref: 'Fn' }, 'worker'],
    [{ Ref: 'Bucket' }, 'bucket'],
    [{ Ref: 'Machine' }, 'arn:aws:states:us-east-1:000000000000:stateMachine:Machine'],
    [{ Ref: 'Queue' }, 'http://127.0.0.1:4001/000000000000/Queue'],
    [{ Ref: 'Api' }, 'Api'],
    [{ 'Fn::GetAtt': ['Fn', 'Arn'] }, 'arn:aws:lambda:us-east-1:000000000000:function:worker'],
    [{ 'Fn::GetAtt': 'Bus.Arn' }, 'arn:aws:events:us-east-1:000000000000:event-bus/bus-small'],
    [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::bucket'],
    [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::000000000000:role/Role'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Size' }]] }, 'a-small'],
    [
      { 'Fn::Sub': '${!literal} ${Fn.Arn}' },
      '${literal} arn:aws:lambda:us-east-1:000000000000:function:worker',
    ],
    [{ 'Fn::Sub': ['${own}/${Size}', { own: { Ref: 'Fn' } }] }, 'worker/small'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    [{ 'Fn::If': ['IsSmall', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::If': ['IsBig', 'yes', 'no'] }, 'no'],
    [{ 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    [{ 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::FindInMap': ['Sizes', { Ref: 'Size' }, 'memory'] }, 128],
    [{ 'Fn::ImportValue': 'Other-bucket' }, 'shared'],
    [{ 'Fn::Base64': 'hi' }, 'aGk='],
    [{ 'Fn::Join': ['', ENDPOINT] }, 'http://127.0.0.1:4000/x'],
    [{ kept: 1, gone: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    [['a', { Ref: 'AWS::NoValue' }], ['a']],
  ])('%j becomes %j', (expression, value) => {
    expect(resolve(expression, context)).toEqual(value)
  })

  test.each<[Json, RegExp]>([
    [{ Ref: 'Nobody' }, /no resource or parameter Nobody/],
    [{ Ref: 'Nameless' }, /parameter Nameless has no default/],
    [{ 'Fn::ImportValue': 'nothing' }, /no stack exports nothing/],
    [{ 'Fn::GetAtt': ['Fn', 'Color'] }, /Fn \(AWS::Lambda::Function\) has no attribute Color/],
    [{ 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }, /Fn::Cidr is not supported/],
    [{ 'Fn::Select': [9, ['a']] }, /selects nothing/],
    [{ 'Fn::If': ['Unknown', 1, 2] }, /no condition Unknown/],
  ])('%j is refused', (expression, message) => {
    expect(() => resolve(expression, context)).toThrow(message)
  })
})
