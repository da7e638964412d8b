import type { S3Client } from '@aws-sdk/client-s3'
import type { JobInfo } from '#sdk/index.ts'
import { PAUSES } from '../batch/each-object.ts'
import { normalEndpoint } from '../endpoints.ts'
import { type InputFault, inputFaults } from '../input-rules.ts'
import type { MigrationLocation } from '../template.ts'
import type { Connections } from './connections.ts'
import { JobFolder, type WorkBucket } from './job-folder.ts'
import { Lacks } from './lacks.ts'
import { MigrationInputError, type MigrationOptions, readOptions } from './options.ts'

/** A bucket of an S3-compatible store, and what the keys in it begin with. */
export type Store = { client: S3Client; bucket: string; prefix: string; isAmazon: boolean; lacks: Lacks }

/** How the bytes go from one end to the other. */
export type Transfer = {
  /** The destination's store can read the source itself: the bytes need not pass through here. */
  serverSide: boolean
  partSize: number
  /** Up to this size an object is copied in one call. */
  threshold: number
  maxParts: number
}

/** What Amazon S3 takes, and what every store takes that was seen: OpenStack Swift takes no more by default. */
const AMAZON_PARTS = 10_000
const OTHER_PARTS = 1_000

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

/** Null for an input that is refused: its job has written nothing, so that a clean-up has nothing to do. */
export function findMigration(connections: Connections, job: JobInfo): Migration | null {
  try {
    return openMigration(connections, job)
  } catch (error) {
    if (error instanceof MigrationInputError) return null
    throw error
  }
}

/** @throws MigrationInputError */
export function openMigration(connections: Connections, job: JobInfo): Migration {
  const options = readOptions(job.input)
  const { source, destination, partSize, threshold } = options
  const { defaultEndpoint } = connections
  refuse([...inputFaults(options, defaultEndpoint), ...workBucketFaults(options, connections)])
  const serverSide = accessOf(source, defaultEndpoint) === accessOf(destination, defaultEndpoint)
  const folder = new JobFolder(connections.work, job.job_execution_id)
  const target = storeOf(connections, destination)
  return {
    options,
    source: { ...storeOf(connections, source), lacks: new Lacks('source', folder) },
    destination: { ...target, lacks: new Lacks('destination', folder) },
    transfer: { serverSide, partSize, threshold, maxParts: target.isAmazon ? AMAZON_PARTS : OTHER_PARTS },
    folder,
    pauses: connections.pauses ?? PAUSES,
    work: connections.work,
    jobId: job.job_execution_id,
  }
}

/** Endpoint and credentials: where they are the same at both ends, one store can read and write both. */
const accessOf = (location: MigrationLocation, defaultEndpoint: string | undefined): string =>
  JSON.stringify([normalEndpoint(location.endpoint ?? defaultEndpoint), location.credentials_secret])

function storeOf(connections: Connections, location: MigrationLocation): Omit<Store, 'lacks'> {
  const { bucket, prefix = '', endpoint } = location
  return { client: connections.connect(location), bucket, prefix, isAmazon: normalEndpoint(endpoint) === '' }
}

function refuse(faults: InputFault[]): void {
  if (faults.length === 0) return
  throw new MigrationInputError(faults.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '))
}

/** What the product keeps of its jobs is no one's to read or overwrite. */
function workBucketFaults(
  { source, destination }: MigrationOptions,
  { work, defaultEndpoint }: Connections,
): InputFault[] {
  const own = normalEndpoint(defaultEndpoint)
  const ends = Object.entries({ source, destination }).filter(
    ([, { bucket, endpoint }]) =>
      bucket === work.bucket && normalEndpoint(endpoint ?? defaultEndpoint) === own,
  )
  return ends.map(([end]) => ({ pointer: `/${end}/bucket`, detail: "is the product's own work bucket" }))
}
