import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda'
import { DeleteStateMachineCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Runtime, startRuntime } from '#local/runtime/start.ts'
import type { Resource } from '#local/template/assembly.ts'
import { temporaryFolder, writeAssembly } from '../fixtures/assembly.ts'

const CODE = `export const handler = async (_event, context) =>
  [process.env.AWS_LAMBDA_FUNCTION_VERSION, context.functionVersion, context.invokedFunctionArn.split(':').at(-1)]`
const options = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
}
const dataDir = temporaryFolder()

let runtime: Runtime
let lambda: LambdaClient
let sfn: SFNClient

const RESOURCES: Record<string, Resource> = {
  Role: { Type: 'AWS::IAM::Role', DeletionPolicy: 'Retain', Properties: {} },
  Policy: {
    Type: 'AWS::IAM::Policy',
    DeletionPolicy: 'Retain',
    Properties: { PolicyName: 'may', Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: [] } },
  },
  Logs: {
    Type: 'AWS::Logs::LogGroup',
    DeletionPolicy: 'Retain',
    Properties: { LogGroupName: '/aws/lambda/worker' },
  },
  Worker: {
    Type: 'AWS::Lambda::Function',
    DeletionPolicy: 'Retain',
    Properties: {
      FunctionName: 'worker',
      Handler: 'index.handler',
      Timeout: 10,
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Code: { S3Key: 'code.zip' },
    },
  },
  One: {
    Type: 'AWS::Lambda::Version',
    DeletionPolicy: 'Retain',
    Properties: { FunctionName: { Ref: 'Worker' } },
  },
  Machine: {
    Type: 'AWS::StepFunctions::StateMachine',
    DeletionPolicy: 'Retain',
    Properties: {
      StateMachineName: 'job',
      RoleArn: 'role',
      DefinitionString: JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Succeed' } } }),
    },
  },
}

async function start(Resources: Record<string, Resource>): Promise<void> {
  const assemblyDir = writeAssembly({ Resources }, CODE)
  runtime = await startRuntime({ assemblyDir, dataDir, apiPort: 0, awsPort: 0, log: () => undefined })
  lambda = new LambdaClient({ ...options, endpoint: runtime.awsUrl })
  sfn = new SFNClient({ ...options, endpoint: runtime.awsUrl })
}

async function stop(): Promise<void> {
  lambda.destroy()
  sfn.destroy()
  await runtime.close()
}

beforeAll(() => start(RESOURCES))
afterAll(stop)

const invoked = async (FunctionName: string): Promise<unknown> =>
  JSON.parse((await lambda.send(new InvokeCommand({ FunctionName }))).Payload?.transformToString() ?? '')

/** What the Query protocol answers. */
async function query(
  Version: string,
  parameters: Record<string, string>,
  headers: object = SIGNED,
): Promise<string> {
  const answer = await fetch(runtime.awsUrl, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...parameters, Version }),
  })
  return `${answer.status} ${await answer.text()}`
}
const SIGNED = { authorization: 'AWS4-HMAC-SHA256 Credential=local' }
const iam = (Action: string, more: Record<string, string> = {}) =>
  query('2010-05-08', { Action, RoleName: 'Role', ...more })
const stackResources = (StackName: string) => query('2010-05-15', { Action: 'ListStackResources', StackName })

describe('a published version', () => {
  test('knows which it is, and the function itself that it is none', async () => {
    expect(await invoked('worker:1')).toEqual(['1', '1', '1'])
    expect(await invoked('worker')).toEqual(['$LATEST', '$LATEST', 'worker'])
  })

  test('is listed after its function, and has a configuration', async () => {
    const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'worker' }))
    expect(Versions?.map(({ Version }) => Version)).toEqual(['$LATEST', '1'])
    const asked = new GetFunctionConfigurationCommand({ FunctionName: 'worker', Qualifier: '1' })
    expect(await lambda.send(asked)).toMatchObject({
      Version: '1',
      Role: 'arn:aws:iam::000000000000:role/Role',
      LoggingConfig: { LogGroup: '/aws/lambda/worker' },
    })
  })

  test('that does not exist is not found', async () => {
    await expect(invoked('worker:9')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})

test('a form that is not signed, as a web page could send it, reaches no service', async () => {
  expect(await query('2010-05-08', { Action: 'ListRolePolicies', RoleName: 'Role' }, {})).not.toContain('may')
})

test('an unknown action and an unknown stack are refused by name', async () => {
  expect(await iam('CreateUser')).toMatch(/^400 .*InvalidAction.*CreateUser/s)
  expect(await stackResources('Other')).toMatch(/^400 .*Stack with id Other does not exist/s)
})

test('what the stack has is listed, and not what it had', async () => {
  expect(await stackResources('Demo')).toContain('<PhysicalResourceId>worker</PhysicalResourceId>')
  await stop()
  await start({ Role: RESOURCES.Role! })
  const listed = await stackResources('Demo')
  expect(listed).toContain('<PhysicalResourceId>Role</PhysicalResourceId>')
  expect(listed).not.toContain('worker')
  expect(await invoked('worker:1')).toEqual(['1', '1', '1'])
})

test('what was retained is deleted for good: version, function, role, log group, state machine', async () => {
  await lambda.send(new DeleteFunctionCommand({ FunctionName: 'worker', Qualifier: '1' }))
  await expect(invoked('worker:1')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  expect(await invoked('worker')).toEqual(['$LATEST', '$LATEST', 'worker'])
  await lambda.send(new DeleteFunctionCommand({ FunctionName: 'worker' }))
  expect(existsSync(join(dataDir, 'functions/worker'))).toBe(false)

  expect(await iam('DeleteRole')).toMatch(/^409 .*DeleteConflict/s)
  expect(await iam('ListRolePolicies')).toContain('<member>may</member>')
  expect(await iam('DeleteRolePolicy', { PolicyName: 'may' })).toMatch(/^200 /)
  expect(await iam('DeleteRole')).toMatch(/^200 /)

  const logs = async (operation: string, input: object) => {
    const headers = {
      ...SIGNED,
      'x-amz-target': `Logs_20140328.${operation}`,
      'content-type': 'application/x-amz-json-1.1',
    }
    return (await fetch(runtime.awsUrl, { method: 'POST', headers, body: JSON.stringify(input) })).json()
  }
  expect(await logs('DescribeLogGroups', {})).toMatchObject({
    logGroups: [{ logGroupName: '/aws/lambda/worker' }],
  })
  await logs('DeleteLogGroup', { logGroupName: '/aws/lambda/worker' })
  expect(await logs('DescribeLogGroups', {})).toEqual({ logGroups: [] })

  const [machine] = (await sfn.send(new ListStateMachinesCommand({}))).stateMachines ?? []
  await sfn.send(new DeleteStateMachineCommand({ stateMachineArn: machine?.stateMachineArn }))

  await stop()
  await start({})
  expect((await sfn.send(new ListStateMachinesCommand({}))).stateMachines).toEqual([])
  await expect(invoked('worker')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  expect(await iam('DeleteRole')).toMatch(/^404 .*NoSuchEntity/s)
})
