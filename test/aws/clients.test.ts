import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn'
import { expect, onTestFinished, test } from 'vitest'
import { eventBridge } from '#aws/bus.ts'
import { type ClientTimes, clientOptions, dynamodb, TIMES } from '#aws/clients.ts'
import { retryWithin } from '#aws/retry.ts'
import { stepFunctions } from '#aws/step-functions.ts'
import { failure } from '#test/sdk/kit.ts'

const LEASE_MS = 30_000
const SHORT: ClientTimes = { connectMs: 1000, tryMs: 300, callMs: 1000 }

/** A server of one's own; the answer counts the requests that it got. */
async function listening(listener: RequestListener) {
  const requests: string[] = []
  const server = createServer((req, res) => {
    requests.push(String(req.headers['x-amz-target']))
    listener(req, res)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { requests, place: { endpoint, region: 'us-east-1', credentials } }
}

const CALLS = {
  DynamoDB: (options: object) =>
    new DynamoDBClient(options).send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } })),
  'Step Functions': (options: object) =>
    new SFNClient(options).send(new DescribeExecutionCommand({ executionArn: 'arn' })),
  EventBridge: (options: object) =>
    new EventBridgeClient(options).send(new PutEventsCommand({ Entries: [{ Detail: '{}' }] })),
}

test.each(Object.entries(CALLS))(
  'a call to a %s that never answers ends with a time-out',
  async (_name, call) => {
    const { requests, place } = await listening(() => undefined)
    expect((await failure(call({ ...place, ...clientOptions(SHORT) }))).name).toBe('TimeoutError')
    expect(requests.length).toBeGreaterThan(0)
  },
)

test('a call whose answer stops in its middle ends, too', async () => {
  const { place } = await listening((_req, res) => {
    res.writeHead(200, { 'content-length': '100' })
    res.write('{')
  })
  expect(await failure(CALLS.DynamoDB({ ...place, ...clientOptions(SHORT) }))).toBeInstanceOf(Error)
})

test.each(Object.entries(TIMES))(
  'a call of %s, its last try and a half answer end before the lease',
  (_name, times) => {
    expect(times.tryMs).toBeLessThan(times.callMs)
    expect(times.callMs + times.tryMs).toBeLessThan(LEASE_MS)
  },
)

test.each([
  ['dynamodb', dynamodb, TIMES.dynamodb],
  ['stepFunctions', stepFunctions, TIMES.stepFunctions],
  ['eventBridge', eventBridge, TIMES.eventBridge],
] as const)('the deployed client %s has these time-outs', async (_name, client, { connectMs, tryMs }) => {
  const { place } = await listening((_req, res) => res.writeHead(400).end('{}'))
  const handler = client().config.requestHandler as unknown as Handler
  await handler.handle(requestOf(place.endpoint)).catch(() => undefined)
  expect(handler.httpHandlerConfigs()).toMatchObject({
    connectionTimeout: connectMs,
    requestTimeout: tryMs,
    socketTimeout: tryMs,
    throwOnRequestTimeout: true,
  })
})

/** The SDK's handler of HTTP; it knows its options from its first request on. */
type Handler = { handle(request: object): Promise<unknown>; httpHandlerConfigs(): object }

const requestOf = (endpoint: string) => {
  const { hostname, port } = new URL(endpoint)
  return { protocol: 'http:', method: 'POST', hostname, port: Number(port), path: '/', headers: {} }
}

/** How many tries there are when each takes so long, and how long the call takes in all. */
async function triesOf({ tryTakes, errorType }: { tryTakes: number; errorType: 'THROTTLING' | 'TRANSIENT' }) {
  let now = 0
  const strategy = retryWithin(TIMES.dynamodb, () => now)
  let token = await strategy.acquireInitialRetryToken('')
  for (let tries = 1; ; tries += 1) {
    now += token.getRetryDelay() + tryTakes
    const next = await strategy.refreshRetryTokenForRetry(token, { errorType }).catch(() => null)
    if (!next) return { tries, took: now }
    token = next
  }
}

test.each([
  ['hangs until its time-out', 3000, 'TRANSIENT'],
  ['is refused at once', 5, 'TRANSIENT'],
  ['is throttled', 20, 'THROTTLING'],
] as const)(
  'a call of which each try %s is tried several times, and never outlives its time',
  async (_t, tryTakes, errorType) => {
    for (let run = 0; run < 200; run += 1) {
      const { tries, took } = await triesOf({ tryTakes, errorType })
      expect(tries).toBeGreaterThanOrEqual(4)
      expect(took).toBeLessThanOrEqual(TIMES.dynamodb.callMs)
    }
  },
)

test('what another try cannot mend is not tried again', async () => {
  const strategy = retryWithin(TIMES.dynamodb)
  const token = await strategy.acquireInitialRetryToken('')
  const error = await failure(strategy.refreshRetryTokenForRetry(token, { errorType: 'CLIENT_ERROR' }))
  expect(error.message).toBe('not to be tried again')
})
