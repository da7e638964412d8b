import { createHash } from 'node:crypto'
import { GetObjectCommand, ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { JobAborted } from '#sdk/index.ts'
import { startJob } from './migration-job.ts'
import { put } from './objects.ts'
import { keysIn, SWIFT, startWithSwift, type WithSwift } from './swift.ts'
import { newMemory } from './tools.ts'

const MIB = 1024 ** 2
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f']
const stop = new JobAborted('the job is CANCELLING')

let both: WithSwift
let whole: Record<string, string>
beforeAll(async () => {
  if (!SWIFT) return
  both = await startWithSwift(SWIFT)
  for (const key of KEYS) await put(both.local, { bucket: both.bucket, key }, 40 * MIB)
  whole = await hashesOf(both.local.client)
}, 120_000)
afterAll(async () => {
  if (SWIFT) await both.close()
})

async function hashesOf(client: S3Client): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {}
  for (const Key of await keysIn(client, both.bucket)) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: both.bucket, Key }))
    const hash = createHash('sha256')
    for await (const chunk of Body as AsyncIterable<Uint8Array>) hash.update(chunk)
    hashes[Key] = hash.digest('hex')
  }
  return hashes
}

/** Spread over the time that a whole copy takes, at odd moments. */
const ABORTS = Array.from({ length: 30 }, (_, n) => ({
  n,
  share: ((n * 0.618) % 1) + 0.01,
  how: n % 2 === 0 ? 'graceful' : 'force',
  inParts: n % 3 !== 0,
}))

let wholeMs = 2_000

test.skipIf(!SWIFT).each(ABORTS)(
  'abort $n into Swift ($how, in parts: $inParts) leaves no upload, and objects whole or not at all',
  async ({ share, how, inParts }) => {
    const job = startJob(
      {
        connections: both.connections,
        input: {
          source: { bucket: both.bucket },
          destination: { bucket: both.bucket, endpoint: both.swift.endpoint },
        },
      },
      inParts ? {} : { multipart_threshold_mib: 64 },
    )
    await job.list()
    const memory = newMemory()
    const force = new AbortController()
    let isAsked = false
    const timer = setTimeout(() => {
      isAsked = true
      if (how === 'force') force.abort(stop)
    }, share * wholeMs)
    const onCheckpoint = () => {
      if (isAsked) throw stop
    }
    const began = Date.now()
    const ended = await job.copy(0, { memory, signal: force.signal, onCheckpoint }).catch((error) => error)
    clearTimeout(timer)
    if (ended !== stop) wholeMs = Date.now() - began
    await job.abort(0, { memory })
    const list = new ListMultipartUploadsCommand({ Bucket: both.bucket })
    expect((await both.swift.client.send(list)).Uploads ?? []).toEqual([])
    for (const [key, hash] of Object.entries(await hashesOf(both.swift.client))) expect(hash).toBe(whole[key])
    await job.abort(0, { memory, rollback: true })
    expect(await keysIn(both.swift.client, both.bucket)).toEqual([])
  },
  60_000,
)
