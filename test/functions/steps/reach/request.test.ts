import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as listen } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { guardedLookup } from '#functions/steps/reach/guarded-lookup.ts'
import { HostRefused } from '#functions/steps/reach/hosts.ts'
import { ask, NoAnswer, type Request } from '#functions/steps/reach/request.ts'

type Seen = { method: string; url: string; headers: Record<string, unknown>; text: string }

let server: Server
let seen: Seen[]
let answer: (res: ServerResponse) => void
let port: number

beforeEach(async () => {
  seen = []
  answer = (res) => void res.writeHead(200, { 'content-type': 'application/json' }).end('{"a": 1}')
  server = createServer(async (req, res) => {
    let text = ''
    for await (const chunk of req) text += chunk
    seen.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, text })
    answer(res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const HERE = { allowed: null, loopback: true }
const asking = (more: Partial<Request> = {}, path = '/x'): Promise<unknown> =>
  ask({
    ...{ method: 'POST', headers: {}, verify: true, rules: HERE },
    url: new URL(`http://127.0.0.1:${port}${path}`),
    ...more,
  })
const failure = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error)

test('a request goes out as it was given, and its answer comes back with its JSON and its text', async () => {
  const headers = { 'x-auth-token': 'word' }
  const found = await asking({ headers, body: { to: 'h2 ü' } })
  expect(found).toMatchObject({ status: 200, json: { a: 1 }, text: '{"a": 1}' })
  expect(seen).toMatchObject([{ method: 'POST', url: '/x', headers, text: '{"to":"h2 ü"}' }])
  expect(seen[0]!.headers).toMatchObject({ 'content-type': 'application/json', accept: 'application/json' })
})

test('one without a body sends none, and an answer that is no JSON has its text alone', async () => {
  answer = (res) => void res.writeHead(500).end('<html>')
  expect(await asking({ method: 'GET' })).toMatchObject({ status: 500, json: undefined, text: '<html>' })
  expect(seen[0]!.headers).not.toHaveProperty('content-type')
})

test.each([301, 302, 303, 307, 308])(
  'a %i is an answer like any other: where it leads nobody asks',
  async (status) => {
    answer = (res) => void res.writeHead(status, { location: '/elsewhere' }).end()
    expect(await asking()).toMatchObject({ status, headers: { location: '/elsewhere' } })
    expect(seen.map(({ url }) => url)).toEqual(['/x'])
  },
)

test('a connection that is cut leaves open whether the request was carried out', async () => {
  answer = (res) => void res.destroy()
  const error = await failure(asking())
  expect(error).toBeInstanceOf(NoAnswer)
  expect(error).toMatchObject({
    sent: true,
    message: expect.stringMatching(/^127\.0\.0\.1:\d+ cannot be asked/),
  })
})

test('so does one that is cut within its answer', async () => {
  answer = (res) => {
    res.writeHead(200, { 'content-length': '100' }).write('{"a"')
    setImmediate(() => res.destroy())
  }
  expect(await failure(asking())).toMatchObject({ name: 'NoAnswer', sent: true })
})

test('a connection that is refused, and a name that is not known, are no request at all', async () => {
  const free = listen()
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
  const { port: closed } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))
  for (const url of [`http://127.0.0.1:${closed}/`, 'http://nobody.invalid/']) {
    expect(await failure(asking({ url: new URL(url) }))).toMatchObject({ name: 'NoAnswer', sent: false })
  }
})

test('an answer of more than a megabyte is not taken', async () => {
  answer = (res) => void res.writeHead(200).end('x'.repeat(1024 ** 2 + 1))
  expect(await failure(asking())).toMatchObject({
    message: expect.stringContaining('larger than 1048576 bytes'),
  })
})

test('a signal ends the wait for an answer, with its own reason', async () => {
  const asked = new AbortController()
  const reason = new Error('the job is aborted')
  answer = () => asked.abort(reason)
  expect(await failure(asking({ signal: asked.signal }))).toBe(reason)
})

test.each([
  ['a host that is not allowed', 'http://nova.example/', ['other.example']],
  ['loopback by its address', 'http://127.0.0.1/', ['*']],
  ['loopback by IPv6', 'http://[::1]/', ['*']],
  ['the metadata service', 'http://169.254.169.254/latest/meta-data/', ['*']],
  ['the credentials of a container', 'http://169.254.170.2/', ['*']],
  ['a name that leads to loopback', 'http://localhost/', ['localhost']],
])('inside AWS %s is not asked', async (_, given, allowed) => {
  const url = new URL(given)
  url.port = String(port)
  expect(await failure(asking({ url, rules: { allowed, loopback: false } }))).toBeInstanceOf(HostRefused)
  expect(seen).toEqual([])
})

test('a name is looked up once: what is connected to is what was looked at', async () => {
  const found = await new Promise<unknown>((resolve) => {
    guardedLookup('localhost', { all: true }, (error, addresses) => resolve(error ?? addresses))
  })
  expect(found).toBeInstanceOf(HostRefused)
  const other = await new Promise<unknown>((resolve) => {
    guardedLookup('10.0.0.7', {}, (error, address, family) => resolve(error ?? [address, family]))
  })
  expect(other).toEqual(['10.0.0.7', 4])
})
