import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keystone } from '#functions/doors/openstack/tokens/keystone.ts'
import { localTokens } from '#functions/doors/openstack/tokens/local-tokens.ts'

/** A Keystone as its API reference describes it. */
let answer: { status: number; body?: unknown }
let asked: IncomingMessage['headers'][] = []
let url: string
const server = createServer((req: IncomingMessage, res: ServerResponse) => {
  asked.push({ ...req.headers, path: req.url })
  res.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body ?? {}))
})

const token = (more: object = {}) => ({
  token: {
    user: { id: 'u1', name: 'ann', domain: { id: 'default' } },
    project: { id: 'p1', name: 'demo' },
    roles: [{ id: 'r1', name: 'member' }],
    expires_at: '2026-01-31T10:00:00.000000Z',
    ...more,
  },
})
const ANN = { user: 'ann', project: 'p1', roles: ['member'] }
const NINE = Date.parse('2026-01-31T09:00:00Z')

beforeEach(async () => {
  asked = []
  answer = { status: 200, body: token() }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

describe('a token', () => {
  test("is checked in its own name, under the root or the address of Keystone's v3", async () => {
    for (const base of [url, `${url}/`, `${url}/v3`, `${url}/v3/`]) {
      expect(await keystone(base, () => NINE)('t')).toEqual(ANN)
    }
    for (const headers of asked) {
      expect(headers).toMatchObject({ path: '/v3/auth/tokens', 'x-auth-token': 't', 'x-subject-token': 't' })
    }
  })

  test('that was good is asked for again after five minutes, or when it has expired', async () => {
    let now = NINE
    const check = keystone(url, () => now)
    for (const [minute, requests] of [
      [0, 1],
      [4, 1],
      [6, 2],
      [59, 3],
      [60, 4],
      [61, 5],
    ] as const) {
      now = NINE + minute * 60_000
      await check('t')
      expect([minute, asked.length]).toEqual([minute, requests])
    }
  })

  test.each([401, 403, 404])(
    'that Keystone answers %i for lets nobody in, and is asked for each time',
    async (status) => {
      const check = keystone(url)
      answer = { status }
      expect(await check('t')).toHaveProperty('refused')
      await check('t')
      expect(asked).toHaveLength(2)
    },
  )

  test('without a project, or a user, lets nobody in', async () => {
    answer = { status: 200, body: token({ project: undefined }) }
    expect(await keystone(url)('t')).toEqual({ refused: expect.stringContaining('of no project') })
    answer = { status: 200, body: {} }
    expect(await keystone(url)('t')).toHaveProperty('refused')
  })

  test('that is missing lets nobody in, and nobody is asked', async () => {
    expect(await keystone(url)(undefined)).toHaveProperty('refused')
    expect(asked).toEqual([])
  })

  test.each([500, 503, 302])('is neither good nor bad while Keystone answers %i', async (status) => {
    answer = { status }
    await expect(keystone(url)('t')).rejects.toThrow()
    await expect(keystone('http://127.0.0.1:1')('t')).rejects.toThrow()
  })
})

describe('any token', () => {
  test.each(['http://127.0.0.1:4001', 'http://localhost:4001', 'http://[::1]:4001', 'http://127.12.3.4:9'])(
    'is taken where AWS is at %s, and none, too',
    async (endpoint) => {
      expect(await localTokens(endpoint)('t')).toMatchObject({ project: 'default' })
      expect(await localTokens(endpoint)(undefined)).toMatchObject({ project: 'default' })
    },
  )

  test.each([
    undefined,
    '',
    'https://sfn.eu-west-1.amazonaws.com',
    'http://127.0.0.1.evil.example',
    'http://10.0.0.1',
  ])('is taken nowhere else: %s', (endpoint) => {
    expect(() => localTokens(endpoint ?? '')).toThrow('docs/openstack.md')
  })
})
