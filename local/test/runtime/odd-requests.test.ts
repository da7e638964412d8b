import { request } from 'node:http'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Runtime, startRuntime } from '#local/runtime/start.ts'
import { temporaryFolder, writeDemo } from '../fixtures/assembly.ts'

let runtime: Runtime
const logged: string[] = []
beforeAll(async () => {
  const folder = temporaryFolder()
  const assemblyDir = writeDemo(join(folder, 'out'))
  const log = (line: string): void => void logged.push(line)
  runtime = await startRuntime({ assemblyDir, dataDir: join(folder, 'data'), apiPort: 0, awsPort: 0, log })
})
afterAll(() => runtime.close())

type Sent = { method?: string; path: string; headers?: Record<string, string>; body?: string }

/** The status alone: some answers never end. */
const statusOf = (url: string, { method = 'GET', path, headers = {}, body = '' }: Sent): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    // Node's client names no length for the body of a GET: it would be taken for the next request.
    const sized = { ...headers, 'content-length': Buffer.byteLength(body) }
    const req = request({ hostname, port, method, path, headers: sized, agent: false }, (res) => {
      resolve(res.statusCode ?? 0)
      res.destroy()
    })
    req.on('error', reject)
    req.end(body)
  })

const PIECES = [
  '/',
  '//',
  '\\',
  '.',
  '..',
  '%',
  '%zz',
  '%2F',
  '%2e%2e',
  '%00',
  '%ff',
  '?',
  '&',
  '=',
  '[',
  ':',
  'a',
]
const ROUTES = [
  '2015-03-31/functions',
  'invocations',
  'recorder',
  '_events',
  'files',
  'jobs',
  'uploadId=1',
  'acl',
]
const piece = fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom(...ROUTES))
const path = fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`)
const method = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS')
const JSON_TYPE = { 'content-type': 'application/json' }

/** What is not run here is 501. */
const expectNoFault = (status: number): void => {
  if (status !== 501) expect(status).toBeLessThan(500)
}
const nested = (levels: number, open: '{"a":' | '['): string =>
  open === '[' ? '['.repeat(levels) + ']'.repeat(levels) : `${open.repeat(levels)}1${'}'.repeat(levels)}`

describe.each(['awsUrl', 'apiUrl'] as const)('%s', (which) => {
  test.each([
    '///',
    '/\\',
    '/%',
    '//[',
    '/2015-03-31/functions/%zz/invocations',
    '/functions/%zz/invocations',
  ])('answers %s with 4xx', async (odd) => {
    for (const verb of ['GET', 'POST']) {
      const status = await statusOf(runtime[which], { method: verb, path: odd })
      expect([verb, status]).toEqual([verb, expect.toSatisfy((code) => code >= 400 && code < 500)])
    }
  })

  test('answers no path with 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(method, path, fc.constantFrom('', '{}', '{', '<a/>'), async (verb, odd, body) => {
        expectNoFault(await statusOf(runtime[which], { method: verb, path: odd, headers: JSON_TYPE, body }))
      }),
      { numRuns: 200 },
    )
    expect(logged).toEqual([])
  })
})

const OPERATIONS = [
  'AWSStepFunctions.StartExecution',
  'AWSStepFunctions.StopExecution',
  'AWSStepFunctions.SendTaskSuccess',
  'AWSEvents.PutEvents',
  'AmazonSQS.SendMessage',
  'AmazonSQS.ReceiveMessage',
  'AmazonSSM.SendCommand',
  'secretsmanager.GetSecretValue',
  'secretsmanager.CreateSecret',
  'toString.valueOf',
]
const FIELDS = [
  'stateMachineArn',
  'executionArn',
  'input',
  'Entries',
  'QueueUrl',
  'SecretId',
  'Name',
  '__proto__',
]

describe('an operation', () => {
  const call = (target: string, body: string): Promise<number> =>
    statusOf(runtime.awsUrl, {
      method: 'POST',
      path: '/',
      headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' },
      body,
    })

  test.each(OPERATIONS)('%s of 9,000 levels is 4xx', async (target) => {
    for (const open of ['{"a":', '['] as const) {
      const status = await call(target, `{"input":${nested(9_000, open)}}`)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
    }
  })

  test('is never answered with 5xx, whatever its fields are', async () => {
    const body = fc.dictionary(fc.constantFrom(...FIELDS), fc.jsonValue(), { maxKeys: 4 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...OPERATIONS), body, async (target, fields) => {
        expectNoFault(await call(target, JSON.stringify(fields)))
      }),
      { numRuns: 300 },
    )
  })
})

test('an execution with an input of 9,000 levels is taken or refused', async () => {
  const body = JSON.stringify({ stateMachineArn: runtime.outputs.MachineArn, input: nested(9_000, '[') })
  const headers = { 'x-amz-target': 'AWSStepFunctions.StartExecution' }
  expectNoFault(await statusOf(runtime.awsUrl, { method: 'POST', path: '/', headers, body }))
})

test.each(['{"a":', '['] as const)('an invocation with 9,000 levels of %s is refused', async (open) => {
  const sent = { method: 'POST', path: '/2015-03-31/functions/recorder/invocations', headers: JSON_TYPE }
  const status = await statusOf(runtime.awsUrl, { ...sent, body: nested(9_000, open) })
  expect(status).toBe(400)
})
