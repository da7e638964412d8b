import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { expect, onTestFinished, test } from 'vitest'
import { functionRules } from '#functions/steps/action-plan/allowed-functions.ts'
import type { Called } from '#functions/steps/action-plan/lambda/functions.ts'
import { clientConfig, LambdaFunctions } from '#functions/steps/action-plan/lambda/lambda-functions.ts'

type Answering = (res: ServerResponse) => unknown

const RULES = functionRules('acme-*,ops-', 'acme-own-')

/** One call of a function, of a service that answers so; and how many requests that made. */
async function calling(answering: Answering, functionName = 'acme-move', timeout = 60) {
  let requests = 0
  const server = createServer((req, res) => {
    requests += 1
    req.resume().on('end', () => answering(res))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((done) => server.once('listening', done))
  const { port } = server.address() as AddressInfo
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const endpoint = `http://127.0.0.1:${port}`
  const client = new LambdaClient({ ...clientConfig, region: 'us-east-1', endpoint, credentials })
  const { signal } = new AbortController()
  const call = { functionName, payload: {}, timeout, signal }
  const called: Called = await new LambdaFunctions(RULES, client).call(call)
  client.destroy()
  return { ...called, requests }
}

const refusing =
  (status: number, name: string): Answering =>
  (res) =>
    res.writeHead(status, { 'x-amzn-errortype': name }).end(JSON.stringify({ message: 'no' }))

test('what the function answers is its answer', async () => {
  expect(await calling((res) => res.end('{"moved":true}'))).toMatchObject({
    answer: { moved: true },
    requests: 1,
  })
  expect(await calling((res) => res.end())).toMatchObject({ kind: 'answer', answer: null })
})

test('its error is told without its stack', async () => {
  const body = { errorType: 'NoRoom', errorMessage: 'full', trace: ['at secret.ts:1'] }
  const called = await calling((res) =>
    res.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end(JSON.stringify(body)),
  )
  expect(called).toEqual({ kind: 'error', type: 'NoRoom', message: 'full', requests: 1 })
})

test.each<[string, Answering, string]>([
  ['a throttle', refusing(429, 'TooManyRequestsException'), 'busy'],
  ['a function that is being changed', refusing(409, 'ResourceConflictException'), 'busy'],
  ['a network that is not ready', refusing(502, 'ENILimitReachedException'), 'busy'],
  ['a fault of the service', refusing(500, 'ServiceException'), 'lost'],
  ['a connection that is cut', (res) => res.destroy(), 'lost'],
  ['no such function', refusing(404, 'ResourceNotFoundException'), 'refused'],
  ['no permission', refusing(403, 'AccessDeniedException'), 'refused'],
])('%s is asked for once', async (_, answering, kind) => {
  expect(await calling(answering)).toMatchObject({ kind, requests: 1 })
})

test('a function that does not answer is given up after its time', async () => {
  const why = 'acme-move gave no answer within 0.1 s'
  expect(await calling(() => undefined, 'acme-move', 0.1)).toMatchObject({ kind: 'late', why })
})

test.each([
  ['other-move', 'whoever runs this stack allows functions named acme-*, ops-*'],
  ['acme-own-settle', 'a function of the product itself'],
])('%s is refused, and nobody is asked', async (name, why) => {
  const called = await calling((res) => res.end('1'), name)
  expect(called).toMatchObject({ kind: 'refused', why: expect.stringContaining(why), requests: 0 })
})
