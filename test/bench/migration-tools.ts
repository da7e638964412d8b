import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { CopyObjectCommand, CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import pLimit from 'p-limit'
import type { JobView } from '#core/api/answers.ts'
import { type Deployment, ownedAlready } from '../scenarios/open-deployment.ts'
import { isInstalled } from '../scenarios/openstack-clients.ts'
import { between, items, median, round, SELDOM } from './figures.ts'

const KIB = 1024
const ROUNDS = 3

/** What people move: many small objects, and some large ones. */
const SETS = {
  '2000_of_4_kib': { count: 2_000, size: 4 * KIB },
  '24_of_32_mib': { count: 24, size: 32 * KIB ** 2 },
}

type Bench = { deployment: Deployment; set: string; count: number }

/** Seconds of a whole migration within one store, and of rclone for the same where it is installed; medians of three. */
export async function againstTools(deployment: Deployment): Promise<Record<string, unknown>> {
  const figures: Record<string, unknown> = {}
  for (const [set, { count, size }] of Object.entries(SETS)) {
    await fill(deployment.s3, { bucket: sourceOf(set), count, size })
    figures[set] = await compare({ deployment, set, count })
  }
  return figures
}

const sourceOf = (set: string): string => `bench-${set.replaceAll('_', '-')}`

async function compare(bench: Bench): Promise<Record<string, number>> {
  const seconds: Record<string, number[]> = {}
  const note = (name: string, value: number): void => {
    seconds[name] = [...(seconds[name] ?? []), value]
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const view = await migrate(bench, round)
    note('job', between(view.started_at, view.ended_at) / 1_000)
    note('job_copy', spanOf(view, 'copy-objects'))
    note('job_verify', spanOf(view, 'verify'))
    if (!isInstalled('rclone')) continue
    for (const transfers of [4, 16]) note(`rclone_${transfers}`, await rclone(bench, { round, transfers }))
  }
  return Object.fromEntries(
    Object.entries(seconds).map(([name, all]) => [`${name}_s`, round(median(all), 2)]),
  )
}

async function migrate({ deployment, set }: Bench, round: number): Promise<JobView> {
  const { api, s3 } = deployment
  const bucket = await newBucket(s3, `${sourceOf(set)}-job-${round}`)
  const input = { source: { bucket: sourceOf(set) }, destination: { bucket } }
  const view = await api.settled(await api.start('object-migration', input), SELDOM)
  if (view.state !== 'SUCCEEDED') throw new Error(`the migration ended ${view.state}`)
  return view
}

/** From the first start of the step's children to the last end. */
function spanOf({ steps }: JobView, name: string): number {
  const own = steps.filter((step) => step.name === name)
  const times = (which: 'started_at' | 'ended_at') => own.flatMap((step) => step[which] ?? []).sort()
  return between(times('started_at')[0] ?? null, times('ended_at').at(-1) ?? null) / 1_000
}

type Run = { round: number; transfers: number }

async function rclone({ deployment, set, count }: Bench, { round, transfers }: Run): Promise<number> {
  const bucket = await newBucket(deployment.s3, `${sourceOf(set)}-rclone-${transfers}-${round}`)
  // Nothing of the AWS settings of this machine.
  const env = {
    PATH: process.env.PATH,
    RCLONE_CONFIG_STORE_TYPE: 's3',
    RCLONE_CONFIG_STORE_PROVIDER: 'Other',
    RCLONE_CONFIG_STORE_ENDPOINT: deployment.awsUrl,
    RCLONE_CONFIG_STORE_ACCESS_KEY_ID: 'local',
    RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: 'local',
    RCLONE_CONFIG_STORE_FORCE_PATH_STYLE: 'true',
    RCLONE_CONFIG_STORE_LIST_VERSION: '2',
  }
  const flags = ['--config', '/dev/null', '--transfers', String(transfers), '--stats', '0']
  const from = performance.now()
  await promisify(execFile)('rclone', ['copy', `store:${sourceOf(set)}`, `store:${bucket}`, ...flags], {
    env,
  })
  const took = (performance.now() - from) / 1_000
  const { stdout } = await promisify(execFile)(
    'rclone',
    ['size', `store:${bucket}`, '--json', '--config', '/dev/null'],
    { env },
  )
  if (JSON.parse(stdout).count !== count) throw new Error(`rclone copied ${stdout}`)
  return took
}

async function fill(
  s3: S3Client,
  { bucket, count, size }: { bucket: string; count: number; size: number },
): Promise<void> {
  await newBucket(s3, bucket)
  const keyOf = (i: number): string => `${String(i % 20).padStart(2, '0')}/${String(i).padStart(5, '0')}`
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(0), Body: randomBytes(size) }))
  const CopySource = `${bucket}/${keyOf(0)}`
  await pLimit(8).map(items(count).slice(1), (i) =>
    s3.send(new CopyObjectCommand({ Bucket: bucket, Key: keyOf(i), CopySource })),
  )
}

async function newBucket(s3: S3Client, Bucket: string): Promise<string> {
  await s3.send(new CreateBucketCommand({ Bucket })).catch(ownedAlready)
  return Bucket
}
