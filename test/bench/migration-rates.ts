import { randomBytes } from 'node:crypto'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import type { Deployment } from '../scenarios/open-deployment.ts'
import {
  type BenchObject,
  type CopyOne,
  inOneCall,
  inParts,
  loopSeconds,
  type Sides,
  streamed,
} from './copy-loops.ts'
import { between, items, median, round, SELDOM } from './figures.ts'

const MIB = 1024 ** 2
const SOURCE = 'standdown-bench-source'
const DESTINATION = 'standdown-bench-destination'
const KINDS = { large: { count: 16, size: 64 * MIB }, small: { count: 100, size: 128 * 1024 } }
const ROUNDS = 2

/** What the job is compared with: the same objects, copied by nothing but the SDK. */
const LOOPS: Record<string, { copy: CopyOne; atOnce: number }> = {
  loop: { copy: streamed, atOnce: 1 },
  loop_of_4: { copy: streamed, atOnce: 4 },
}
const WITHIN: typeof LOOPS = {
  loop_in_one_call: { copy: inOneCall, atOnce: 1 },
  loop_in_parts: { copy: inParts, atOnce: 1 },
}

/** MiB/s of whole migrations, listing and verifying included, and of plain loops, in turn. */
export async function migration(deployment: Deployment) {
  const sides = { s3: deployment.s3, source: SOURCE, destination: DESTINATION }
  const objects = await fill(sides)
  // Another name of the same store: the bytes then pass through the job.
  const other = deployment.awsUrl.replace('127.0.0.1', 'localhost')
  const across = await compare({ deployment, sides, objects }, { endpoint: other, loops: LOOPS })
  const within = await compare({ deployment, sides, objects }, { loops: WITHIN })
  await empty(sides)
  const told = Object.values(KINDS).map(({ count, size }) => `${count} of ${size / 1024} KiB`)
  return { objects: told.join(', '), between_stores: across, within_a_store: within }
}

type Place = { deployment: Deployment; sides: Sides; objects: BenchObject[] }
type Way = { endpoint?: string; loops: typeof LOOPS }

async function compare(place: Place, { endpoint, loops }: Way): Promise<Record<string, number>> {
  const { sides, objects } = place
  const total = objects.reduce((sum, { size }) => sum + size, 0) / MIB
  const rates: Record<string, number[]> = { job: [] }
  await migrate(place, endpoint)
  for (let i = 0; i < ROUNDS; i += 1) {
    rates.job?.push(total / (await migrate(place, endpoint)))
    for (const [name, loop] of Object.entries(loops)) {
      await empty(sides)
      rates[name] = [...(rates[name] ?? []), total / (await loopSeconds(sides, objects, loop))]
    }
  }
  const job = median(rates.job ?? [])
  const shown = Object.entries(rates).map(([name, found]) => [`${name}_mib_per_second`, round(median(found))])
  const ratios = Object.keys(loops).map((name) => [
    `ratio_to_${name}`,
    round(job / median(rates[name] ?? []), 2),
  ])
  return Object.fromEntries([...shown, ...ratios])
}

/** Seconds from the first claim to the commit. */
async function migrate({ deployment, sides }: Place, endpoint: string | undefined): Promise<number> {
  await empty(sides)
  const input = {
    source: { bucket: SOURCE, ...(endpoint ? { endpoint } : {}) },
    destination: { bucket: DESTINATION },
  }
  const id = await deployment.api.start('object-migration', input)
  const view = await deployment.api.settled(id, SELDOM)
  if (view.state !== 'SUCCEEDED') throw new Error(`the migration ended ${view.state}`)
  return between(view.started_at, view.ended_at) / 1_000
}

async function fill({ s3 }: Sides): Promise<BenchObject[]> {
  for (const Bucket of [SOURCE, DESTINATION]) await s3.send(new CreateBucketCommand({ Bucket }))
  const objects: BenchObject[] = []
  for (const [kind, { count, size }] of Object.entries(KINDS)) {
    const first = `${kind}/0`
    await s3.send(new PutObjectCommand({ Bucket: SOURCE, Key: first, Body: randomBytes(size) }))
    for (const i of items(count)) {
      const key = `${kind}/${i}`
      if (i > 0) {
        await s3.send(new CopyObjectCommand({ Bucket: SOURCE, Key: key, CopySource: `${SOURCE}/${first}` }))
      }
      objects.push({ key, size })
    }
  }
  return objects
}

async function empty({ s3, destination: Bucket }: Sides): Promise<void> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  const Objects = Contents.map(({ Key = '' }) => ({ Key }))
  if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
}
