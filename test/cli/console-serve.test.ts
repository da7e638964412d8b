import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Served, serveConsole } from '#cli/console/serve.ts'

type Asked = { url: string; method: string | undefined; headers: unknown; body: unknown }

let folder: string
let served: Served
let asked: Asked[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'standdown-page-'))
  writeFileSync(join(folder, 'index.html'), '<p>the page')
  asked = []
  const fetch = async (url: string, { method, headers, body }: RequestInit) => {
    asked.push({ url, method, headers, body })
    return new Response('{"items":[]}', { headers: { 'content-type': 'application/json', etag: '"1"' } })
  }
  served = await serveConsole({ port: 0, folder, apiUrl: 'https://api.example', fetch })
})
afterEach(async () => {
  await served.close()
  rmSync(folder, { recursive: true })
})

/** As no fetch would send it: with a Host of one's own. */
async function ask(path: string, headers: Record<string, string> = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number
    body: string
    headers: unknown
  }>()
  request(new URL(path, served.url), { headers }, async (res) =>
    resolve({ status: res.statusCode ?? 0, body: await text(res), headers: res.headers }),
  )
    .on('error', reject)
    .end()
  return promise
}

test('a file of the page is served, under its policy', async () => {
  const { status, body, headers } = await ask('/')
  expect({ status, body }).toEqual({ status: 200, body: '<p>the page' })
  expect(headers).toMatchObject({ 'content-security-policy': expect.stringContaining("default-src 'none'") })
  expect(asked).toEqual([])
})

test('everything else is asked of the API, with what it needs and nothing more', async () => {
  const { status, body, headers } = await ask('/jobs?limit=5', { 'if-none-match': '"0"', cookie: 'a=b' })
  expect({ status, body }).toEqual({ status: 200, body: '{"items":[]}' })
  expect(headers).toMatchObject({ etag: '"1"' })
  expect(asked).toEqual([
    {
      url: 'https://api.example/jobs?limit=5',
      method: 'GET',
      headers: { 'if-none-match': '"0"' },
      body: undefined,
    },
  ])
})

test.each([
  ['a host whose name was made to mean this machine', { host: 'evil.example' }],
  ['a page of another origin', { origin: 'http://evil.example' }],
  ['another site', { 'sec-fetch-site': 'cross-site' }],
])('%s gets nothing signed', async (_whose, headers) => {
  expect((await ask('/jobs', headers)).status).toBe(403)
  expect(asked).toEqual([])
})
