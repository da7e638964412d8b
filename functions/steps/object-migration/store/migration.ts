import type { S3Client } from '@aws-sdk/client-s3'
import type { JobInfo } from '#sdk/index.ts'
import { PAUSES } from '../batch/each-object.ts'
import type { MigrationLocation } from '../template.ts'
import type { Connections } from './connections.ts'
import { JobFolder, type WorkBucket } from './job-folder.ts'
import { MigrationInputError, type MigrationOptions, readOptions } from './options.ts'

/** A bucket of an S3-compatible store, and what the keys in it begin with. */
export type Store = { client: S3Client; bucket: string; prefix: string; isAmazon: boolean }

/** How the bytes go from one end to the other. */
export type Transfer = {
  /** The destination's store can read the source itself: the bytes need not pass through here. */
  serverSide: boolean
  partSize: number
}

export type Migration = {
  options: MigrationOptions
  source: Store
  destination: Store
  transfer: Transfer
  folder: JobFolder
  /** Before an object that failed is tried again; in ms. */
  pauses: readonly number[]
  work: WorkBucket
  jobId: string
}

export function openMigration(connections: Connections, job: JobInfo): Migration {
  const options = readOptions(job.input)
  const { source, destination, partSize } = options
  const { defaultEndpoint } = connections
  refuseOverlap(options, defaultEndpoint)
  const serverSide = accessOf(source, defaultEndpoint) === accessOf(destination, defaultEndpoint)
  return {
    options,
    source: storeOf(connections, source),
    destination: storeOf(connections, destination),
    transfer: { serverSide, partSize },
    folder: new JobFolder(connections.work, job.job_execution_id),
    pauses: connections.pauses ?? PAUSES,
    work: connections.work,
    jobId: job.job_execution_id,
  }
}

const normal = (endpoint: string | undefined): string => (endpoint ?? '').replace(/\/+$/, '').toLowerCase()

/** Endpoint and credentials: where they are the same at both ends, one store can read and write both. */
const accessOf = (location: MigrationLocation, defaultEndpoint: string | undefined): string =>
  JSON.stringify([normal(location.endpoint ?? defaultEndpoint), location.credentials_secret])

function storeOf(connections: Connections, location: MigrationLocation): Store {
  const { bucket, prefix = '', endpoint } = location
  return { client: connections.connect(location), bucket, prefix, isAmazon: endpoint === undefined }
}

/**
 * The input's schema refuses an overlap too, but it does not know which endpoint a location has that names
 * none, and it never saw an execution that was started in the AWS console.
 */
function refuseOverlap({ source, destination }: MigrationOptions, defaultEndpoint: string | undefined): void {
  if (normal(source.endpoint ?? defaultEndpoint) !== normal(destination.endpoint ?? defaultEndpoint)) return
  if (source.bucket !== destination.bucket) return
  const [from = '', to = ''] = [source.prefix, destination.prefix]
  if (!from.startsWith(to) && !to.startsWith(from)) return
  throw new MigrationInputError(
    `the destination "${to}" and the source "${from}" overlap in bucket ${source.bucket}: choose another bucket, ` +
      'or prefixes of which neither begins with the other',
  )
}
