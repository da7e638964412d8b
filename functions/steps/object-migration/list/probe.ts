import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { JobInfo } from '#sdk/index.ts'
import type { ListedObject } from '../batch/batch.ts'
import { isTransient } from '../store/faults.ts'
import { findObject } from '../store/find-object.ts'
import type { Migration } from '../store/migration.ts'
import { MigrationInputError } from '../store/options.ts'
import { send } from '../store/send.ts'

const MARK = '.standdown-probe-'

/** The probe of any job: never an object to migrate. */
export const isProbe = ({ key }: ListedObject): boolean => /\.standdown-probe-[^/]+$/.test(key)

/**
 * Whether the source and the destination are one place cannot be told from their names: hosts, ports, proxies,
 * access points and paths give one bucket many. So the job writes an object of a name that nothing else has at
 * the destination, and looks whether it turns up at the source. Found before anything is copied, the job ends.
 */
export class Probe {
  private readonly migration: Migration
  private readonly key: string
  isPlaced = false

  /** The longer prefix, so that the probe lies in what both of two overlapping ends reach. */
  constructor(migration: Migration, job: JobInfo) {
    const [from, to] = [migration.source.prefix, migration.destination.prefix]
    const prefix = from.startsWith(to) ? from : to
    this.migration = migration
    this.key = `${prefix}${MARK}${job.job_execution_id}`
  }

  /**
   * Writes the probe and looks for it. A copy to where nothing can be written fails by object, but a move that
   * cannot be proven safe is refused.
   *
   * @throws MigrationInputError
   */
  async place(signal: AbortSignal): Promise<void> {
    const { client, bucket } = this.migration.destination
    const command = new PutObjectCommand({ Bucket: bucket, Key: this.key, Body: 'removed by its job' })
    try {
      await send(client, command, signal)
      this.isPlaced = true
    } catch (error) {
      this.refuseMove(error, signal)
    }
    await this.look(signal)
  }

  /** Called before listing, and after it for stores and caches that tell of a new object late. */
  async look(signal: AbortSignal): Promise<void> {
    if (!this.isPlaced || !prefixesOverlap(this.migration)) return
    const { source } = this.migration
    try {
      if (await findObject(source, this.key, signal)) throw this.samePlace()
    } catch (error) {
      if (error instanceof MigrationInputError) throw error
      this.refuseMove(error, signal)
    }
  }

  /** In a listing of the source it shows also where the two ends name one object by different keys. */
  checkPage(page: ListedObject[]): void {
    const name = this.key.slice(this.key.lastIndexOf(MARK))
    if (page.some(({ key }) => key.endsWith(name))) throw this.samePlace()
  }

  /** Answers why it stays, where the store refuses to delete it; null where it is gone, or was never written. */
  async remove(signal: AbortSignal): Promise<string | null> {
    const { client, bucket, lacks } = this.migration.destination
    try {
      await send(client, new DeleteObjectCommand({ Bucket: bucket, Key: this.key }), signal)
      return null
    } catch (error) {
      if (signal.aborted || isTransient(error)) throw error
      if (!(await this.isThere(signal))) return null
      const why = (error as Error).message
      await lacks.tell('deletion', why, signal)
      return why
    }
  }

  /** What nobody may look at counts as there only where this attempt wrote it: a hook does not know. */
  private async isThere(signal: AbortSignal): Promise<boolean> {
    try {
      return (await findObject(this.migration.destination, this.key, signal)) !== null
    } catch (error) {
      if (signal.aborted || isTransient(error)) throw error
      return this.isPlaced
    }
  }

  private refuseMove(error: unknown, signal: AbortSignal): void {
    if (signal.aborted || isTransient(error)) throw error
    if (this.migration.options.remainSource) return
    throw new MigrationInputError(
      'a move deletes only where source and destination are proven to be two places, by an object that the job ' +
        `writes at the destination and looks for at the source: ${(error as Error).message}. Allow it, or copy ` +
        'with remain_source',
      { cause: error },
    )
  }

  private samePlace(): MigrationInputError {
    const { source, destination } = this.migration
    return new MigrationInputError(
      `the destination ${destination.bucket}/${destination.prefix} lies in the source ` +
        `${source.bucket}/${source.prefix}: what the job wrote there (${this.key}) is also at the source. ` +
        'Choose another bucket, or prefixes of which neither begins with the other',
    )
  }
}

function prefixesOverlap({ source, destination }: Migration): boolean {
  return source.prefix.startsWith(destination.prefix) || destination.prefix.startsWith(source.prefix)
}

/** Does the work between the writing of a probe and its removal. An abort leaves the removal to the clean-up. */
export async function withProbe<Result>(
  probe: Probe,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    await probe.place(signal)
    const result = await work()
    await probe.look(signal)
    return result
  } finally {
    if (probe.isPlaced && !signal.aborted) await probe.remove(signal)
  }
}
