import { S3Client } from '@aws-sdk/client-s3'
import { env } from '#aws/env.ts'
import type { JobInfo } from '#sdk/types.ts'
import type { MigrationLocation } from '../template.ts'
import { clientConfig, connect } from './connect.ts'
import { JobFolder } from './job-folder.ts'
import { MigrationInputError, type Settings, settingsOf } from './options.ts'

/** Where the steps run: how they reach a store, and the bucket that holds what they keep. */
export type World = {
  /** The endpoint of a location that names none. */
  endpoint: string | undefined
  connect(location: MigrationLocation): S3Client
  work: { client: S3Client; bucket: string }
}

let deployed: World | undefined

/** The world of the Lambda's own environment. */
export function deployedWorld(): World {
  const endpoint = env.s3Endpoint()
  deployed ??= {
    endpoint,
    connect: (location) => connect(location, location.endpoint ?? endpoint),
    work: { client: new S3Client(clientConfig({ bucket: '' }, endpoint)), bucket: env.workBucket() },
  }
  return deployed
}

export type Store = { client: S3Client; bucket: string; prefix: string; isAmazon: boolean }

export type Migration = {
  settings: Settings
  source: Store
  destination: Store
  /** The destination's store can read the source itself: the bytes need not pass through here. */
  serverSide: boolean
  folder: JobFolder
}

export function openMigration(world: World, job: JobInfo): Migration {
  const settings = settingsOf(job.input)
  const { source, destination } = settings
  refuseOverlap(settings, world.endpoint)
  return {
    settings,
    source: storeOf(world, source),
    destination: storeOf(world, destination),
    serverSide: reach(source, world.endpoint) === reach(destination, world.endpoint),
    folder: new JobFolder(world.work, job.job_execution_id),
  }
}

const normal = (endpoint: string | undefined): string => (endpoint ?? '').replace(/\/+$/, '').toLowerCase()

const reach = (location: MigrationLocation, fallback: string | undefined): string =>
  JSON.stringify([normal(location.endpoint ?? fallback), location.credentials_secret])

function storeOf(world: World, location: MigrationLocation): Store {
  const { bucket, prefix = '', endpoint } = location
  return { client: world.connect(location), bucket, prefix, isAmazon: endpoint === undefined }
}

/** As in the input's schema, but with the endpoint that a location without one has here. */
function refuseOverlap({ source, destination }: Settings, fallback: string | undefined): void {
  if (normal(source.endpoint ?? fallback) !== normal(destination.endpoint ?? fallback)) return
  if (source.bucket !== destination.bucket) return
  const [from = '', to = ''] = [source.prefix, destination.prefix]
  if (!from.startsWith(to) && !to.startsWith(from)) return
  throw new MigrationInputError(
    `the destination "${to}" and the source "${from}" overlap in bucket ${source.bucket}: choose another bucket, ` +
      'or prefixes of which neither begins with the other',
  )
}
