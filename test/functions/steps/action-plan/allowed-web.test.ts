import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { AllowedWeb } from '#functions/steps/action-plan/http/allowed-web.ts'
import type { Web } from '#functions/steps/action-plan/http/web.ts'
import { HostRefused } from '#functions/steps/reach/hosts.ts'

type Reply = { status: number; body: object }

let server: Server
let url: string
let reply: () => Reply
let asked: unknown[]
let web: Web

/** Secrets Manager, as far as it is asked. */
beforeAll(async () => {
  server = createServer(async (req, res) => {
    asked.push(await json(req))
    const { status, body } = reply()
    res.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', url)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local')
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1')
})
beforeEach(() => {
  asked = []
  web = new AllowedWeb({ allowed: [], loopback: false })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const kept = (SecretString: string) => () => ({ status: 200, body: { SecretString } })
const refusing = (name: string, status = 400) => {
  return () => ({ status, body: { __type: name, message: 'no such thing' } })
}
const failure = () => web.headersIn('standdown/nova').catch(({ name, message }) => `${name}: ${message}`)

test('headers are read from the secret that is named', async () => {
  reply = kept('{"X-Auth-Token": "a word", "X-Other": "b"}')
  expect(await web.headersIn('standdown/nova')).toEqual({ 'X-Auth-Token': 'a word', 'X-Other': 'b' })
  expect(asked).toEqual([{ SecretId: 'standdown/nova' }])
})

test.each([
  ['no JSON', 's3cret-word'],
  ['a text', '"s3cret-word"'],
  ['a list', '["s3cret-word"]'],
  ['null', 'null'],
  ['nothing', '{}'],
  ['a number', '{"X-Auth-Token": 5310227}'],
  ['a line of its own', '{"X-Auth-Token": "s3cret-word\\r\\nX-Other: b"}'],
  ['a name that is none', '{"X Auth": "s3cret-word"}'],
  ['an empty value', '{"X-Auth-Token": ""}'],
])('a secret of %s is refused for good, and its text is not shown', async (_, text) => {
  reply = kept(text)
  const why = await failure()
  expect(why).toMatch(/^SecretRefused: the secret standdown\/nova is not JSON of headers/)
  expect(why).not.toMatch(/s3cret-word|5310227/)
})

test.each([
  'ResourceNotFoundException',
  'AccessDeniedException',
  'InvalidRequestException',
  'DecryptionFailure',
])('%s is for good, and says what the secret must have', async (name) => {
  reply = refusing(name)
  expect(await failure()).toMatch(/^SecretRefused: .*it must have the tag standdown = action-plan$/)
})

test.each([
  ['ThrottlingException', 400],
  ['InternalServiceError', 500],
  ['InternalServiceError', 503],
])('%s (%i) passes: the secret cannot be read now', async (name, status) => {
  reply = refusing(name, status)
  expect(await failure()).toMatch(/^SecretAway: the secret standdown\/nova cannot be read now/)
})

test('only hosts that the stack allows are asked', async () => {
  const request = { method: 'GET', url: new URL(url), headers: {}, verify: true }
  await expect(web.ask(request)).rejects.toThrow(HostRefused)
  expect(asked).toEqual([])
  reply = kept('{}')
  const local = new AllowedWeb({ allowed: null, loopback: true })
  const answer = await local.ask({ ...request, method: 'POST', body: {} })
  expect(answer.status).toBe(200)
})
