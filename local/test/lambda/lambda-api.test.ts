import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { expect, onTestFinished, test } from 'vitest'
import { createLambdaHttp } from '#local/lambda/lambda-api.ts'
import type { LambdaFunction } from '#local/lambda/lambda-pool.ts'
import { ECHO, functionOf, poolOf } from './functions.ts'

const FAILS = 'let n = 0; export const handler = async () => { throw new Error("failure " + ++n) }'

async function serve(fn: LambdaFunction) {
  const handle = createLambdaHttp(poolOf([fn]))
  const server = createServer(async (req, res) => {
    if (!(await handle(req, res))) res.writeHead(418).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new LambdaClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  onTestFinished(() => client.destroy())
  return { endpoint, client }
}

test('the SDK invokes a function and reads its answer', async () => {
  const { client } = await serve(functionOf(ECHO))
  const answer = await client.send(new InvokeCommand({ FunctionName: 'worker', Payload: '{"a":1}' }))
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
  expect(answer.FunctionError).toBeUndefined()
  expect(answer.Payload?.transformToString()).toBe('{"a":1}')
})

test('a function is invoked by its ARN', async () => {
  const fn = functionOf(ECHO)
  const { client } = await serve(fn)
  const answer = await client.send(new InvokeCommand({ FunctionName: fn.arn, Payload: '2' }))
  expect(answer.Payload?.transformToString()).toBe('2')
})

test('a function error is answered with 200 and marked Unhandled', async () => {
  const { client } = await serve(functionOf(FAILS))
  const answer = await client.send(new InvokeCommand({ FunctionName: 'worker' }))
  expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' })
  expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({ errorMessage: 'failure 1' })
})

test.each(['DryRun', 'Event'] as const)(
  'an invocation of type %s is refused, and runs nothing',
  async (type) => {
    const { client } = await serve(functionOf(FAILS))
    const command = new InvokeCommand({ FunctionName: 'worker', InvocationType: type })
    await expect(client.send(command)).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
    const next = await client.send(new InvokeCommand({ FunctionName: 'worker' }))
    expect(next.Payload?.transformToString()).toContain('failure 1')
  },
)

test('an unknown function is the SDK exception of that name', async () => {
  const { client } = await serve(functionOf(ECHO))
  await expect(client.send(new InvokeCommand({ FunctionName: 'nobody' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 404 },
  })
})

test('a body that is not JSON is refused', async () => {
  const { client } = await serve(functionOf(ECHO))
  const command = new InvokeCommand({ FunctionName: 'worker', Payload: '{"a"' })
  await expect(client.send(command)).rejects.toMatchObject({ name: 'InvalidRequestContentException' })
})

test('the functions are listed', async () => {
  const { client } = await serve(functionOf(ECHO, { timeoutSeconds: 30 }))
  const { Functions } = await client.send(new ListFunctionsCommand({}))
  expect(Functions).toMatchObject([{ FunctionName: 'worker', Timeout: 30, MemorySize: 128 }])
})

test('other paths are left to others', async () => {
  const { endpoint } = await serve(functionOf(ECHO))
  expect((await fetch(`${endpoint}/bucket/key`)).status).toBe(418)
})
