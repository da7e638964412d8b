import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rawRequest } from '../fixtures/raw-request.ts'
import { type StartedApi, startApi } from './start-api.ts'

let root: string
let api: StartedApi

const files = () => ({ folder: join(root, 'page'), headers: { 'x-frame-options': 'DENY' } })

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'static-files-'))
  const { folder } = files()
  mkdirSync(join(folder, 'jobs'), { recursive: true })
  writeFileSync(join(root, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'index.html'), '<p>page</p>')
  writeFileSync(join(folder, 'script.js'), 'run()')
  writeFileSync(join(folder, 'jobs', 'index.html'), 'a file where a route is')
  api = await startApi(files())
})
afterEach(async () => {
  await api.close()
  rmSync(root, { recursive: true })
})

const get = (path: string, headers = {}) => fetch(`${api.url}${path}`, { headers })

test('the root is the index of the folder, with the headers that were given', async () => {
  const page = await get('/')
  expect(await page.text()).toBe('<p>page</p>')
  expect(page.headers.get('content-type')).toBe('text/html;charset=utf-8')
  expect(page.headers.get('x-frame-options')).toBe('DENY')
})

test('a route wins over a file of its name', async () => {
  expect(await (await get('/jobs')).text()).toBe('ok')
})

test('a file is revalidated, and not sent again while it is the same', async () => {
  const script = await get('/script.js')
  expect(await script.text()).toBe('run()')
  expect(script.headers.get('cache-control')).toBe('no-cache')
  const again = await get('/script.js', { 'if-none-match': script.headers.get('etag') })
  expect(again.status).toBe(304)
})

test('a file wins over the default route, which has all that is no file', async () => {
  await api.close()
  api = await startApi(files(), ['GET /jobs', '$default'])
  expect(await (await get('/script.js')).text()).toBe('run()')
  expect(await (await get('/nothing.js')).text()).toBe('ok')
  expect(await (await get('/jobs')).text()).toBe('ok')
})

test('what is neither a route nor a file is not found', async () => {
  expect(await (await get('/nothing.js')).json()).toEqual({ message: 'Not Found' })
  const posted = await fetch(`${api.url}/script.js`, { method: 'POST' })
  expect(posted.status).toBe(404)
})

test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/jobs/../../secret.txt'])(
  '%s leads to nothing outside of the folder',
  async (path) => {
    const { status, body } = await rawRequest(api.url, { path })
    expect(status).not.toBe(200)
    expect(body).not.toContain('secret')
  },
)

test('a foreign page gets no file', async () => {
  const foreign = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }
  expect((await get('/script.js', foreign)).status).toBe(403)
})
