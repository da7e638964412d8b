import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createGateway } from '#local/gateway/gateway.ts'
import { type Listener, openListener } from '#local/runtime/listener.ts'
import { AwsError } from '#local/types.ts'
import { rawRequest } from '../fixtures/raw-request.ts'

const log = (): void => undefined

let gateway: Listener
let database: Listener
let endpoint: () => Promise<URL>
let writes: number
let stopping: boolean

beforeAll(async () => {
  database = await openListener({ port: 0, setting: 'PORT', log })
  gateway = await openListener({ port: 0, setting: 'PORT', log })
  database.serve((req, res) => {
    res.writeHead(200, { 'x-amz-crc32': '7' })
    req.pipe(res)
  })
  const handler = createGateway({
    services: {
      AWSStepFunctions: async (operation, input) => ({ operation, input }),
      AWSEvents: async () => {
        throw new AwsError('ThrottlingException', 'slow down', { status: 429, fields: { wait: 1 } })
      },
      AmazonSQS: async () => {
        throw new Error('a bug')
      },
    },
    dynamodb: { endpoint: () => endpoint(), onWrite: () => void writes++ },
    http: [async (req, res) => req.url === '/_events' && Boolean(res.end('stream'))],
    s3: async (req, res) => void res.end(`s3 ${req.url}`),
    stopping: () => stopping,
  })
  gateway.serve(handler.handle)
})
beforeEach(() => {
  writes = 0
  stopping = false
  endpoint = async () => new URL(database.url)
})
afterAll(async () => {
  await gateway.close()
  await database.close()
})

const call = (target: string, body = '{}', type = 'application/x-amz-json-1.0') =>
  fetch(gateway.url, { method: 'POST', body, headers: { 'x-amz-target': target, 'content-type': type } })

describe('the AWS endpoint', () => {
  test('brings an operation to the service its target names, in the protocol that the client speaks', async () => {
    const response = await call('AWSStepFunctions.StopExecution', '{"a":1}', 'application/x-amz-json-1.1')
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1')
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await response.json()).toEqual({ operation: 'StopExecution', input: { a: 1 } })
  })

  test.each([
    ['AWSEvents.PutEvents', '{}', 429, { __type: 'ThrottlingException', message: 'slow down', wait: 1 }],
    ['AmazonSQS.SendMessage', '{}', 500, { __type: 'InternalFailure', message: 'a bug' }],
    ['AWSStepFunctions.X', '{', 400, { __type: 'SerializationException' }],
    ['AWSStepFunctions.X', '[]', 400, { __type: 'SerializationException' }],
    ['Kinesis.PutRecord', '{}', 400, { __type: 'UnknownOperationException' }],
    ['constructor.X', '{}', 400, { __type: 'UnknownOperationException' }],
  ])('%s %s fails with %i on the AWS wire', async (target, body, status, error) => {
    const response = await call(target, body)
    expect(response.status).toBe(status)
    expect(response.headers.get('x-amzn-errortype')).toBe(error.__type)
    expect(await response.json()).toMatchObject(error)
  })

  test.each([
    ['DynamoDB_20120810.PutItem', 1],
    ['DynamoDB_20120810.TransactWriteItems', 1],
    ['DynamoDB_20120810.GetItem', 0],
    ['DynamoDBStreams_20120810.GetRecords', 0],
  ])('hands %s on as it is, and tells of %i writes', async (target, expected) => {
    const response = await call(target, '{"raw":  true}')
    expect(response.headers.get('x-amz-crc32')).toBe('7')
    expect(await response.text()).toBe('{"raw":  true}')
    expect(writes).toBe(expected)
  })

  test('answers what SDKs repeat when the database does not answer', async () => {
    const gone = await openListener({ port: 0, setting: 'PORT', log })
    await gone.close()
    endpoint = async () => new URL(gone.url)
    const response = await call('DynamoDB_20120810.PutItem')
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ __type: 'InternalServerError' })
    expect(writes).toBe(0)
  })

  test('gives every other request to S3, after those who asked to look first', async () => {
    expect(await (await fetch(`${gateway.url}/_events`)).text()).toBe('stream')
    expect(await (await fetch(`${gateway.url}/bucket/key`)).text()).toBe('s3 /bucket/key')
  })

  test.each([{ host: 'evil.example' }, { host: '127.0.0.1:1' }, { origin: 'http://evil.example' }])(
    'refuses a request with %j',
    async (headers) => {
      const own = { host: new URL(gateway.url).host }
      const response = await rawRequest(`${gateway.url}/bucket`, {
        headers: { ...own, ...headers } as typeof own,
      })
      expect(response.status).toBe(403)
    },
  )

  test('answers 503 while it stops', async () => {
    stopping = true
    expect((await call('AWSStepFunctions.ListStateMachines')).status).toBe(503)
  })
})
