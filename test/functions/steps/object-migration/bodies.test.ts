import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { JobAborted } from '#sdk/index.ts'
import {
  type ForeignAnswer,
  type ForeignRequest,
  type ForeignStore,
  foreignStore,
  s3Error,
} from './foreign-store.ts'
import { startJob } from './migration-job.ts'
import { contentsOf, jsonOf, keysOf, put, uploadsOf } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'

let stores: Stores
let source: ForeignStore
let target: ForeignStore
beforeEach(async () => {
  stores = await startStores(2)
  source = await foreignStore(stores.from.endpoint)
  target = await foreignStore(stores.to.endpoint)
})
afterEach(async () => {
  await source.close()
  await target.close()
  await stores.close()
})

/** A job from one foreign store to another. */
function foreignJob(more: object = {}) {
  const ends = {
    source: { bucket: 'from', endpoint: source.endpoint },
    destination: { bucket: 'target', endpoint: target.endpoint },
  }
  return startJob({ connections: stores.connections, input: ends }, { multipart_threshold_mib: 64, ...more })
}

async function copied(job: ReturnType<typeof startJob>) {
  await job.list()
  const result = await job.copy(0)
  const path = `jobs/${job.job.job_execution_id}/results/00000.json`
  const { failures } = await jsonOf<{ failures: { key: string; reason: string; message: string }[] }>(
    stores.from,
    path,
  )
  expect(await uploadsOf(stores.to, 'target')).toEqual([])
  return { result, failures }
}

/** Changes the bytes that the source answers for one key. */
const answers = (key: string, change: (answer: ForeignAnswer, body: Buffer) => void) =>
  source.play({
    answer: (request, answer) => {
      const isObject = request.method === 'GET' && request.key === key && !request.query.has('tagging')
      if (isObject && answer.status < 300) change(answer, Buffer.from(answer.body as Buffer))
    },
  })

const wrongByte = (answer: ForeignAnswer, body: Buffer) => {
  body[body.length - 1]! ^= 1
  answer.body = body
}
const cutTo = (size: number) => (answer: ForeignAnswer, body: Buffer) => {
  answer.body = body.subarray(0, size)
  answer.headers['content-length'] = String(size)
}
const extended = (answer: ForeignAnswer, body: Buffer) => {
  answer.body = Buffer.concat([body, Buffer.from('more')])
  answer.headers['content-length'] = String(body.length + 4)
}

describe.each([
  ['held in memory', 100, {}],
  ['streamed in one call', 12 * MIB, {}],
  ['held in parts', 12 * MIB, { multipart_threshold_mib: 8 }],
  ['streamed in parts', 24 * MIB, { multipart_threshold_mib: 10, part_size_mib: 10 }],
] as const)('an object %s', (_, size, options) => {
  beforeEach(async () => {
    await put(stores.from, { key: 'fine' }, size)
    await put(stores.from, { key: 'odd' }, size)
  })

  test('arrives byte for byte', async () => {
    expect(await copied(foreignJob(options))).toMatchObject({ result: { objects: 2, failed: 0 } })
    expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
  })

  test.each([
    ['shorter', cutTo(50)],
    ['longer', extended],
  ])('whose source answers %s than asked fails by its key, and nothing of it stays', async (_, change) => {
    answers('odd', change)
    const { result, failures } = await copied(foreignJob(options))
    expect(result).toMatchObject({ objects: 1, failed: 1 })
    expect(failures).toEqual([
      { key: 'odd', reason: expect.stringMatching(/refused|changed/), message: expect.any(String) },
    ])
    expect(await keysOf(stores.to, 'target')).toEqual(['fine'])
  })

  test('is not there at all when the job is stopped while its source answers', async () => {
    const force = new AbortController()
    const stop = new JobAborted('the job is CANCELLING')
    source.play({
      answer: ({ method, key, query }) => {
        if (method !== 'GET' || key !== 'odd' || query.has('tagging')) return
        force.abort(stop)
      },
    })
    const job = foreignJob({ ...options, concurrency: 1 })
    await job.list()
    await expect(job.copy(0, { signal: force.signal })).rejects.toBe(stop)
    await job.abort(0)
    expect(await keysOf(stores.to, 'target')).toEqual(['fine'])
    expect(await uploadsOf(stores.to, 'target')).toEqual([])
  })
})

test.each([
  ['held in memory', 100],
  ['streamed', 12 * MIB],
])('bytes that do not fit the MD5 of their ETag never get a name: %s', async (_, size) => {
  await put(stores.from, { key: 'odd' }, size)
  answers('odd', wrongByte)
  const names: string[] = []
  stores.to.intercept(async ({ operation }) => void names.push(operation))
  const { failures } = await copied(foreignJob())
  expect(failures).toEqual([
    { key: 'odd', reason: 'refused', message: expect.stringMatching(/has the MD5 .* its ETag says/) },
  ])
  expect(await keysOf(stores.to, 'target')).toEqual([])
})

test('a source that ignores Range is found by its answer, and nothing stays under the real name', async () => {
  await put(stores.from, { key: 'odd' }, 24 * MIB)
  source.play({ request: ({ headers }) => void delete headers.range })
  const { failures } = await copied(foreignJob({ multipart_threshold_mib: 8 }))
  expect(failures).toEqual([
    { key: 'odd', reason: 'refused', message: expect.stringMatching(/asked for bytes=.*ignores Range/) },
  ])
  expect(await keysOf(stores.to, 'target')).toEqual([])
})

test('an object whose MD5 nobody knows goes in parts, each with its own', async () => {
  await put(stores.from, { key: 'a' }, 12 * MIB)
  source.play({
    answer: ({ bucket, method }, answer) => {
      if (bucket === 'from' && method !== 'POST') answer.headers['x-amz-server-side-encryption'] = 'aws:kms'
    },
  })
  const calls: string[] = []
  stores.to.intercept(
    async ({ operation, bucket, key }) => void (bucket === 'target' && key === 'a' && calls.push(operation)),
  )
  expect(await copied(foreignJob({ part_size_mib: 5 }))).toMatchObject({ result: { objects: 1 } })
  expect(calls).not.toContain('PutObject')
  expect(calls.filter((call) => call === 'UploadPart')).toHaveLength(3)
})

describe('a part too large to be held', () => {
  const options = { multipart_threshold_mib: 10, part_size_mib: 10 }
  const sent: { part: string; md5: boolean }[] = []
  beforeEach(async () => {
    sent.length = 0
    await put(stores.from, { key: 'a' }, 24 * MIB)
  })
  const note = ({ query, headers }: ForeignRequest): undefined => {
    const part = query.get('partNumber')
    if (part) sent.push({ part, md5: 'content-md5' in headers })
  }

  test('goes once where its ETag is its MD5', async () => {
    target.play({ request: note })
    await copied(foreignJob(options))
    expect(sent.filter(({ part }) => part === '1')).toEqual([{ part: '1', md5: false }])
  })

  test('goes again, with its MD5, where the ETag shows none', async () => {
    const etags = new Map<string, string>()
    target.play({
      request: (request) => {
        note(request)
        // the store's own ETags, which the test's are put in place of
        for (const [shown, own] of etags)
          if (request.method === 'POST')
            request.body = Buffer.from(String(request.body).replaceAll(shown, own))
      },
      answer: ({ query }, { headers }) => {
        const part = query.get('partNumber')
        if (!part) return
        etags.set(`opaque-${part}`, String(headers.etag).replaceAll('"', ''))
        headers.etag = `"opaque-${part}"`
      },
    })
    expect(await copied(foreignJob(options))).toMatchObject({ result: { objects: 1, failed: 0 } })
    expect(sent.filter(({ part }) => part === '1')).toEqual([
      { part: '1', md5: false },
      { part: '1', md5: true },
    ])
    expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
  })

  test.each([
    ['InvalidRequest', 'Content-MD5 HTTP header is required'],
    ['MissingContentMD5', 'a digest of the body is missing'],
    ['BadRequest', 'the request is not acceptable'],
  ])(
    'goes with its MD5 where the store wants one before it, and words that as %s: %s',
    async (code, text) => {
      target.play({
        request: (request) => {
          note(request)
          const wants = request.query.has('partNumber') && !('content-md5' in request.headers)
          return wants ? s3Error(400, code, text) : undefined
        },
      })
      expect(await copied(foreignJob(options))).toMatchObject({ result: { objects: 1, failed: 0 } })
      expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
    },
  )

  test('is tried with its MD5 once where the store refuses it for another reason', async () => {
    target.play({
      request: (request) => {
        note(request)
        return request.query.has('partNumber') ? s3Error(400, 'InvalidRequest', 'no parts today') : undefined
      },
    })
    const { result, failures } = await copied(foreignJob(options))
    expect(result).toMatchObject({ objects: 0, failed: 1 })
    expect(failures[0]).toMatchObject({ message: expect.stringContaining('no parts today') })
    const tries = sent.map(({ part, md5 }) => `${part} ${md5}`)
    expect(new Set(tries).size).toBe(tries.length)
    expect(sent.some(({ md5 }) => md5)).toBe(true)
  })
})

test('more parts than the store takes fail the object by key, with the hint', async () => {
  await put(stores.from, { key: 'a' }, 24 * MIB)
  await put(stores.from, { key: 'b' }, 10)
  target.play({
    request: ({ query }) =>
      Number(query.get('partNumber')) > 2
        ? s3Error(400, 'InvalidArgument', 'Part number must be an integer between 1 and 2, inclusive')
        : undefined,
  })
  const { result, failures } = await copied(foreignJob({ multipart_threshold_mib: 8 }))
  expect(result).toMatchObject({ objects: 1, failed: 1 })
  expect(failures[0]).toMatchObject({ key: 'a', message: expect.stringMatching(/larger part_size_mib/) })
})
