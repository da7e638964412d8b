import { expect, test } from 'vitest'
import { createClient } from '#client/client.ts'
import { eachItem } from '#client/pages.ts'
import { ApiProblem, ApiUnreachable } from '#client/problem.ts'

type Asked = { url: string; method: string; headers: Record<string, string>; body: unknown }
type Reply = { status: number; body?: unknown; headers?: Record<string, string> }

/** An API that answers these one after another, the last one for ever. */
function clientOf(...replies: [Reply, ...Reply[]]) {
  const asked: Asked[] = []
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { method = 'GET', headers, body } = init
    asked.push({
      url,
      method,
      headers: headers as Record<string, string>,
      body: JSON.parse(String(body ?? 'null')),
    })
    const { status, body: sent, headers: answered = {} } = replies.length > 1 ? replies.shift()! : replies[0]
    const text = typeof sent === 'string' ? sent : sent === undefined ? null : JSON.stringify(sent)
    return new Response(text, { status, headers: answered })
  }
  return { client: createClient({ endpoint: 'http://api/', fetch }), asked }
}

const BUSY: Reply = { status: 429, headers: { 'retry-after': '0' } }
const AWAY: Reply = { status: 503, headers: { 'retry-after': '0' } }

test('a read that is throttled or finds nobody is asked again', async () => {
  const { client, asked } = clientOf(BUSY, AWAY, { status: 200, body: { items: [], next_token: null } })
  expect(await client.jobs({ state: 'ONGOING', template: undefined })).toEqual({
    items: [],
    next_token: null,
  })
  expect(asked.map(({ url }) => url)).toEqual(Array(3).fill('http://api/jobs?state=ONGOING'))
})

test('a read that is always throttled ends with that problem', async () => {
  const { client, asked } = clientOf(BUSY)
  await expect(client.job('j')).rejects.toMatchObject({ name: 'ApiProblem', status: 429 })
  expect(asked).toHaveLength(5)
})

test('a start is asked again under the same key, of which each start has its own', async () => {
  const { client, asked } = clientOf(BUSY, { status: 202, body: { job_execution_id: 'j', state: 'PENDING' } })
  await client.execute({ template: 'demo', input: { count: 1 } })
  await client.execute({ template: 'demo', input: { count: 1 } })
  const [first, second, third] = asked.map(({ headers }) => headers['idempotency-key'])
  expect(first).toMatch(/^[\w-]{36}$/)
  expect(second).toBe(first)
  expect(third).not.toBe(first)
  expect(asked[0]).toMatchObject({
    method: 'POST',
    body: { job_template_fq_name: 'demo', input: { count: 1 } },
  })
})

test('what would be done twice is asked once', async () => {
  const { client, asked } = clientOf(AWAY)
  await expect(client.nodes.setPower('n', { target: 'power off' })).rejects.toMatchObject({ status: 503 })
  expect(asked).toHaveLength(1)
})

test('an answer that has not changed is the same object as before', async () => {
  const { client, asked } = clientOf(
    { status: 200, body: { job_execution_id: 'j' }, headers: { etag: '"1"' } },
    { status: 304 },
    { status: 200, body: { job_execution_id: 'j', state: 'FAILED' }, headers: { etag: '"2"' } },
  )
  const first = await client.job('j')
  expect(await client.job('j')).toBe(first)
  expect(await client.job('j')).toMatchObject({ state: 'FAILED' })
  expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"'])
})

test('a problem says what the API said, with a pointer for each fault', async () => {
  const errors = [{ pointer: '/mode', detail: 'is unknown' }]
  const body = {
    title: 'The request is not valid',
    detail: 'the body is not valid',
    errors,
    state: 'ONGOING',
  }
  const { client } = clientOf({ status: 400, body })
  const error: unknown = await client.abort('j').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiProblem)
  expect(error).toMatchObject({
    status: 400,
    title: 'The request is not valid',
    detail: 'the body is not valid',
    message: 'The request is not valid: the body is not valid',
    errors,
    facts: { state: 'ONGOING' },
  })
})

test.each([
  [{ status: 403, body: { message: 'Forbidden' } }, 'The API answered 403: Forbidden'],
  [{ status: 502, body: '<html>Bad Gateway</html>' }, 'The API answered 502: <html>Bad Gateway</html>'],
  [{ status: 500 }, 'The API answered 500'],
] as [Reply, string][])('what stands before the API is no problem document: %j', async (reply, message) => {
  await expect(clientOf(reply).client.cleanUp('j')).rejects.toMatchObject({ message })
})

test('where nothing answers, the error names the endpoint and keeps the cause', async () => {
  const refused = new TypeError('fetch failed')
  const client = createClient({ endpoint: 'http://api', fetch: () => Promise.reject(refused) })
  const error: unknown = await client.templates().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiUnreachable)
  expect(error).toMatchObject({ endpoint: 'http://api', cause: refused })
})

test('a caller who has left is not waited for', async () => {
  const leaving = new AbortController()
  const { client, asked } = clientOf({ status: 429, headers: { 'retry-after': '3600' } })
  const left = client.job('j', { signal: leaving.signal })
  leaving.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  expect(asked.length).toBeLessThanOrEqual(1)
})

test('an id that no path can hold is named all the same', async () => {
  const { client, asked } = clientOf({ status: 200, body: {} })
  await client.job('..')
  await client.abort('a job(1)')
  expect(asked.map(({ url }) => url)).toEqual([
    'http://api/jobs/%252E%252E',
    'http://api/jobs/a%20job(1)/abort',
  ])
})

test('the items of all pages come one after another', async () => {
  const { client, asked } = clientOf(
    { status: 200, body: { items: [1, 2], next_token: 'a&b' } },
    { status: 200, body: { items: [], next_token: 'c' } },
    { status: 200, body: { items: [3], next_token: null } },
  )
  const seen = await Array.fromAsync(eachItem((next_token) => client.events('j', { next_token })))
  expect(seen).toEqual([1, 2, 3])
  expect(asked.map(({ url }) => url.split('?')[1])).toEqual([undefined, 'next_token=a%26b', 'next_token=c'])
})
