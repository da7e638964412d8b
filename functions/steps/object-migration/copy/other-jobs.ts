import { createHash } from 'node:crypto'
import type { ListedObject } from '../batch/batch.ts'
import { inParallel } from '../batch/in-parallel.ts'
import { JobFolder, paths, WorkFolder } from '../store/job-folder.ts'
import { destinationKey } from '../store/keys.ts'
import type { Migration, Store } from '../store/migration.ts'
import { endpointOf } from '../store/send.ts'

/** A job that copies to a destination, as the others see it: the prefixes at both ends. */
type Neighbour = { job_execution_id: string; from: string; to: string }

/** Of the other jobs, most of which ended long ago. */
const AT_ONCE = 16

/** Jobs with one destination find each other in a folder of its name. Written before the job's first copy. */
export async function announce(migration: Migration, signal: AbortSignal): Promise<void> {
  const { source, destination, jobId: job_execution_id } = migration
  const folder = await destinationFolder(migration)
  const me: Neighbour = { job_execution_id, from: source.prefix, to: destination.prefix }
  await folder.write(`${encodeURIComponent(job_execution_id)}.json`, me, signal)
}

/** Which of `targets` another job reports as copied, or is copying, and which job that is. */
export async function copiedByOthers(
  migration: Migration,
  targets: string[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const copied = new Map<string, string>()
  const wanted = new Set(targets)
  const neighbours = await neighboursOf(migration, signal)
  await inParallel(neighbours, { limit: AT_ONCE, signal }, async (neighbour, inner) => {
    for await (const target of targetsOf(migration, neighbour, inner)) {
      if (wanted.has(target)) copied.set(target, neighbour.job_execution_id)
    }
  })
  return copied
}

async function neighboursOf(migration: Migration, signal: AbortSignal): Promise<Neighbour[]> {
  const folder = await destinationFolder(migration)
  const names = await folder.list('', signal)
  const all = await Promise.all(names.map((name) => folder.read<Neighbour>(name, signal)))
  const { prefix } = migration.destination
  return all
    .filter(({ job_execution_id }) => job_execution_id !== migration.jobId)
    .filter(({ to }) => to.startsWith(prefix) || prefix.startsWith(to))
}

/** The keys of all batches that the other job has begun and not rolled back. */
async function* targetsOf(
  { work }: Migration,
  { job_execution_id, from, to }: Neighbour,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const folder = new JobFolder(work, job_execution_id)
  const reverted = new Set((await folder.list(paths.allReverted, signal)).map(fileOf))
  const ends = { source: { prefix: from } as Store, destination: { prefix: to } as Store }
  for (const path of await folder.list(paths.baselines, signal)) {
    if (reverted.has(fileOf(path))) continue
    const objects = await folder.find<ListedObject[]>(paths.manifests + fileOf(path), signal)
    for (const { key } of objects ?? []) yield destinationKey(ends, key)
  }
}

const fileOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

async function destinationFolder({ work, destination }: Migration): Promise<WorkFolder> {
  const name = `${await endpointOf(destination.client)}\n${destination.bucket}`
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32)
  return new WorkFolder(work, `destinations/${hash}/`)
}
