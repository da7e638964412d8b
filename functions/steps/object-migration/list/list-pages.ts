import type { HookTools, RunTools } from '#sdk/index.ts'
import { inBytesAndObjects, plus } from '../batch/amount.ts'
import type { ListedObject, Summary } from '../batch/batch.ts'
import { batchLimits } from '../batch/limits.ts'
import { withNamedErrors } from '../batch/named-errors.ts'
import { writeFirstReport, writeReport } from '../report/report.ts'
import type { Connections } from '../store/connections.ts'
import { paths } from '../store/job-folder.ts'
import { destinationKey } from '../store/keys.ts'
import { findMigration, type Migration, openMigration } from '../store/migration.ts'
import { MigrationInputError } from '../store/options.ts'
import { StoreError } from '../store/store-error.ts'
import { toldByBucket } from './bucket-settings.ts'
import {
  closeBatch,
  hasSkippedMany,
  type ListCheckpoint,
  nothingListed,
  type OpenBatch,
  openBatch,
  skip,
} from './close-batch.ts'
import { matches } from './filter.ts'
import { tell, toldByListing } from './not-kept.ts'
import { isProbe, Probe, withProbe } from './probe.ts'
import { refuseLoss } from './refuse-loss.ts'
import { sourcePages } from './source-pages.ts'

type Tools = RunTools<ListCheckpoint>

/** Pages through the source and cuts what it finds into batches, a manifest for each. */
export function listPages(connections: Connections, tools: Tools): Promise<Summary> {
  return withNamedErrors(tools.signal, async () => {
    const migration = openMigration(connections, tools.job)
    const probe = new Probe(migration, tools.job)
    const work = () => writeManifests(migration, probe, tools)
    const listed = await withProbe(probe, tools.signal, work).catch((error) =>
      refuseUnknownHost(error, tools),
    )
    const { batches, objects, bytes, skipped } = listed
    const numbers = Array.from({ length: batches }, (_, i) => i)
    const not_kept = [...toldByListing(listed.not_kept), ...(await toldByBucket(migration, tools.signal))]
    const told = not_kept.length > 0 ? { not_kept } : {}
    const summary: Summary = { batches: numbers, objects, bytes, skipped, ...told }
    await writeFirstReport(migration, summary, tools.signal)
    if (migration.options.refuseLoss) refuseLoss(not_kept, migration.folder.address(paths.report))
    await migration.folder.write(paths.summary, summary, tools.signal)
    return summary
  })
}

/** So often a name is looked up before it counts as wrong, unless its store has answered this job. */
const LOOK_UPS = 3

function refuseUnknownHost(error: unknown, { attempt, resumeFrom }: Tools): never {
  const isUnknown = error instanceof StoreError && error.name === 'ENOTFOUND'
  if (!isUnknown || attempt < LOOK_UPS || resumeFrom !== null) throw error
  throw new MigrationInputError(`${error.message}: no such host, by ${attempt} look-ups`, { cause: error })
}

async function writeManifests(migration: Migration, probe: Probe, tools: Tools): Promise<ListCheckpoint> {
  let closed: ListCheckpoint = { ...nothingListed(), ...tools.resumeFrom }
  let open = openBatch(closed)
  const close = async () => {
    closed = await closeBatch(migration, { closed, open }, tools.signal)
    open = openBatch(closed)
  }
  for await (const page of sourcePages(migration, closed.start_after, tools.signal)) {
    probe.checkPage(page.map(({ listed }) => listed))
    for (const { listed, found } of page) {
      if (isWanted(migration, listed)) {
        if (isFull(open, listed, closed)) await close()
        add(open, listed)
        tell(open.not_kept, migration, found)
      } else if (!isProbe(listed)) await skip(migration, { open, object: listed }, tools.signal)
      // no listing goes on from a name that cannot be read
      if (!listed.is_encoded) open.last = listed.key
    }
    if (hasSkippedMany(open, closed) && endsReadable(open)) await close()
    tools.progress(inBytesAndObjects(plus(closed, { objects: open.objects.length, bytes: open.bytes }), null))
    await tools.checkpoint(closed)
  }
  await close()
  tools.progress(inBytesAndObjects(closed, closed))
  return closed
}

/** A retry lists again what comes after the last name that can be read: a batch ends with one. */
const endsReadable = ({ objects }: Pick<OpenBatch, 'objects'>): boolean => !objects.at(-1)?.is_encoded

function isFull({ objects, bytes }: OpenBatch, { size }: ListedObject, { batches }: ListCheckpoint): boolean {
  const limits = batchLimits(batches)
  if (objects.length === 0 || !endsReadable({ objects })) return false
  return objects.length >= limits.objects || bytes + size > limits.bytes
}

function add(open: OpenBatch, object: ListedObject): void {
  open.objects.push(object)
  open.bytes += object.size
}

/**
 * Stores mark a folder by an empty object of its name. Where the source's prefix is that name and the
 * destination has no prefix, nothing is left of the key, and the marker is left out.
 */
const isWanted = (migration: Migration, object: ListedObject): boolean =>
  matches(migration.options.filter, object) &&
  !isProbe(object) &&
  !(object.size === 0 && destinationKey(migration, object.key) === '')

/** Both hooks of the step: the probe, the manifests and their summary are all that it makes. */
export async function removeManifests(
  connections: Connections,
  tools: HookTools<ListCheckpoint, Summary>,
): Promise<void> {
  const migration = findMigration(connections, tools.job)
  if (!migration) return
  const probeStays = await new Probe(migration, tools.job).remove(tools.signal)
  // The last hook of a rollback: the keys are known until then. A repeated one finds them gone.
  const isListed = tools.result && (await migration.folder.find(paths.summary, tools.signal))
  if (isListed) await writeReport(migration, async () => tools.signal.throwIfAborted(), tools.signal)
  await migration.folder.removeAll(paths.manifests, tools.signal)
  await migration.folder.removeAll(paths.summary, tools.signal)
  if (probeStays !== null) throw new Error(`the job's probe stays at the destination: ${probeStays}`)
}
