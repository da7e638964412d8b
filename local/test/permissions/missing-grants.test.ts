import { expect, onTestFinished, test } from 'vitest'
import { startRuntime } from '#local/runtime/start.ts'
import type { Json, Resource } from '#local/template/assembly.ts'
import { temporaryFolder, writeAssembly } from '../fixtures/assembly.ts'

/** Calls S3 and DynamoDB as the SDK does: Node's own HTTP, the function's own credentials. */
const CODE = `import { request } from 'node:http'
const scope = '/20260101/us-east-1/any/aws4_request, SignedHeaders=host, Signature=0'
const sign = (id) => ({ 'x-amz-date': '20260101T000000Z', authorization: 'AWS4-HMAC-SHA256 Credential=' + id + scope })
const send = (base, { method, path, headers = {}, body }) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(base)
  const own = { host: hostname + ':' + port, ...sign(process.env.AWS_ACCESS_KEY_ID), ...headers }
  request({ hostname, port, method, path, headers: own }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)))
    .on('error', reject).end(body)
})
export const handler = async (calls) => {
  const { AWS_ENDPOINT_URL: aws, AWS_ENDPOINT_URL_DYNAMODB: dynamodb = aws } = process.env
  const codes = []
  for (const call of calls) codes.push(await send(call.dynamodb ? dynamodb : aws, call))
  return codes
}`

const arnOf = (path: string): Json => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Files', 'Arn'] }, path]] })

function template(statements: Json[], roleMore: object = {}): Record<string, Resource> {
  return {
    Files: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'files' } },
    Jobs: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'jobs',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      },
    },
    Role: { Type: 'AWS::IAM::Role', Properties: { ...roleMore } },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'may', Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: statements } },
    },
    Step: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'step',
        Handler: 'index.handler',
        Timeout: 10,
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { S3Key: 'code.zip' },
      },
    },
  }
}

type Made = {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string
  dynamodb?: boolean
}
const put = (key: string): Made => ({ method: 'PUT', path: `/files/${key}`, body: 'x' })
const get = (key: string): Made => ({ method: 'GET', path: `/files/${key}` })
const item: Made = {
  dynamodb: true,
  method: 'POST',
  path: '/',
  headers: { 'x-amz-target': 'DynamoDB_20120810.PutItem', 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify({ TableName: 'jobs', Item: { pk: { S: 'a' } } }),
}

/** What the runtime tells of permissions while the function makes these calls, one after another. */
async function told(resources: Record<string, Resource>, calls: Made[]) {
  const lines: string[] = []
  const assemblyDir = writeAssembly({ Resources: resources }, CODE)
  const log = (line: string): void => void lines.push(line)
  const runtime = await startRuntime({ assemblyDir, dataDir: temporaryFolder(), apiPort: 0, awsPort: 0, log })
  onTestFinished(() => runtime.close())
  const url = `${runtime.awsUrl}/2015-03-31/functions/step/invocations`
  const invoke = async (made: Made[]) =>
    (await fetch(url, { method: 'POST', body: JSON.stringify(made) })).json()
  const codes = await invoke(calls)
  return { codes, lines: lines.filter((line) => line.includes('AccessDenied')) }
}

test('a forgotten grant is told once for each action and bucket, and refuses nothing', async () => {
  const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: arnOf('/*') }
  const calls = [put('a/1'), put('a/2'), put('b/1'), get('a/1'), item, item]
  const { codes, lines } = await told(template([read]), calls)
  expect(codes).toEqual([200, 200, 200, 200, 200, 200])
  const as = 'its role does not allow it; on AWS this would be AccessDenied'
  expect(lines).toEqual([
    `step calls s3:PutObject on arn:aws:s3:::files/*: ${as}`,
    `step calls dynamodb:PutItem on arn:aws:dynamodb:us-east-1:000000000000:table/jobs: ${as}`,
  ])
})

test('nothing is told of what is granted, by a policy of its own or by that of the bucket', async () => {
  const table = { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: { 'Fn::GetAtt': ['Jobs', 'Arn'] } }
  const mine = { Effect: 'Allow', Action: 's3:Put*', Resource: arnOf('/a/*') }
  const ofBucket = { Effect: 'Allow', Action: 's3:PutObject', Principal: '*', Resource: arnOf('/b/*') }
  const resources = {
    ...template([table, mine]),
    Bucket: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: 'Files' }, PolicyDocument: { Statement: [ofBucket] } },
    },
  }
  expect((await told(resources, [put('a/1'), put('b/1'), item])).lines).toEqual([])
})

test('a folder that is not granted is told beside one that is', async () => {
  const mine = { Effect: 'Allow', Action: 's3:PutObject', Resource: arnOf('/a/*') }
  const { lines } = await told(template([mine]), [put('a/1'), put('b/1')])
  expect(lines).toHaveLength(1)
})

test('nothing is told of a role with policies that are not in the template', async () => {
  const ManagedPolicyArns = ['arn:aws:iam::aws:policy/AmazonS3FullAccess']
  expect((await told(template([], { ManagedPolicyArns }), [put('a')])).lines).toEqual([])
})

test('nothing is told of calls with credentials of their own', async () => {
  const foreign = { authorization: 'AWS4-HMAC-SHA256 Credential=another/20260101/us-east-1/s3/aws4_request' }
  expect((await told(template([]), [{ ...put('a'), headers: foreign }])).lines).toEqual([])
})
