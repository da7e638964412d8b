import { randomBytes } from 'node:crypto'
import { CopyObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import pLimit from 'p-limit'
import type { JobView } from '#core/api/answers.ts'
import type { Deployment } from '../scenarios/open-deployment.ts'
import { isInstalled } from '../scenarios/openstack-clients.ts'
import { between, items, median, round, SELDOM } from './figures.ts'
import { rcloneSeconds } from './rclone.ts'
import { dropBucket, type End, newBucket, ownEnd, swiftEnd } from './tool-ends.ts'

const KIB = 1024
const TRANSFERS = [4, 16]
const PATIENT = { ...SELDOM, forMs: 1_200_000 }

/** What people move: many small objects, and some large ones. */
const SETS = {
  '2000_of_4_kib': { count: 2_000, size: 4 * KIB },
  '24_of_32_mib': { count: 24, size: 32 * KIB ** 2 },
}

type Bench = { deployment: Deployment; end: End; set: keyof typeof SETS }

/**
 * Seconds of whole migrations within one store, and to a Swift where one is named, and of rclone for the same where
 * it is installed, in turn; medians. The ratio is to rclone's own default of four transfers.
 */
export async function againstTools(deployment: Deployment): Promise<Record<string, unknown>> {
  const ends = { within_the_store: ownEnd(deployment), to_swift: await swiftEnd(deployment) }
  const figures: Record<string, Record<string, unknown>> = {}
  for (const [name, { count, size }] of Object.entries(SETS)) {
    const set = name as keyof typeof SETS
    await fill(deployment.s3, { bucket: sourceOf(set), count, size })
    for (const [where, end] of Object.entries(ends)) {
      if (end) figures[where] = { ...figures[where], [set]: await compare({ deployment, end, set }) }
    }
  }
  ends.to_swift?.s3.destroy()
  return figures
}

const sourceOf = (set: string): string => `bench-${set.replaceAll('_', '-')}`

async function compare(bench: Bench): Promise<Record<string, number>> {
  const seconds: Record<string, number[]> = {}
  const note = (name: string, value: number): void => {
    seconds[name] = [...(seconds[name] ?? []), value]
  }
  const hasRclone = isInstalled('rclone')
  for (let i = 0; i < bench.end.rounds; i += 1) {
    const view = await inBucket(bench.end, `job-${i}`, (bucket) => migrate(bench, bucket))
    note('job', between(view.started_at, view.ended_at) / 1_000)
    for (const step of ['copy-objects', 'verify']) note(`job_${step}`, spanOf(view, step))
    for (const transfers of hasRclone ? TRANSFERS : []) {
      const took = await inBucket(bench.end, `rclone-${transfers}-${i}`, (to) => rclone(bench, to, transfers))
      note(`rclone_${transfers}`, took)
    }
  }
  const medians = Object.entries(seconds).map(([name, all]) => [`${name}_s`, round(median(all), 2)])
  const ratios = (seconds.rclone_4 ?? []).map((base, i) => (seconds.job?.[i] ?? Number.NaN) / base)
  return Object.fromEntries([...medians, ...(hasRclone ? [['ratio', round(median(ratios), 2)]] : [])])
}

async function inBucket<Result>(
  { s3 }: End,
  name: string,
  work: (bucket: string) => Promise<Result>,
): Promise<Result> {
  const bucket = await newBucket(s3, `bench-${randomBytes(4).toString('hex')}-${name}`)
  const result = await work(bucket)
  await dropBucket(s3, bucket)
  return result
}

async function migrate({ deployment: { api }, end, set }: Bench, bucket: string): Promise<JobView> {
  const input = { source: { bucket: sourceOf(set) }, destination: { bucket, ...end.location } }
  const view = await api.settled(await api.start('object-migration', input), PATIENT)
  if (view.state !== 'SUCCEEDED') {
    throw new Error(`the migration ended ${view.state}: ${JSON.stringify(view.fault)}`)
  }
  return view
}

/** From the first start of the step's children to the last end. */
function spanOf({ steps }: JobView, name: string): number {
  const own = steps.filter((step) => step.name === name)
  const times = (which: 'started_at' | 'ended_at') => own.flatMap((step) => step[which] ?? []).sort()
  return between(times('started_at')[0] ?? null, times('ended_at').at(-1) ?? null) / 1_000
}

const rclone = ({ deployment, end, set }: Bench, bucket: string, transfers: number): Promise<number> => {
  const from = { remote: ownEnd(deployment).remote, bucket: sourceOf(set) }
  return rcloneSeconds(from, { remote: end.remote, bucket }, { transfers, count: SETS[set].count })
}

type Set = { bucket: string; count: number; size: number }

async function fill(s3: S3Client, { bucket, count, size }: Set): Promise<void> {
  await newBucket(s3, bucket)
  const keyOf = (i: number): string => `${String(i % 20).padStart(2, '0')}/${String(i).padStart(5, '0')}`
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(0), Body: randomBytes(size) }))
  const CopySource = `${bucket}/${keyOf(0)}`
  await pLimit(8).map(items(count).slice(1), (i) =>
    s3.send(new CopyObjectCommand({ Bucket: bucket, Key: keyOf(i), CopySource })),
  )
}
