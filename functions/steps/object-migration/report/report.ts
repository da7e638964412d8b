import type { RunTools } from '#sdk/index.ts'
import { type Amount, inBytesAndObjects, nothing, plus } from '../batch/amount.ts'
import { NOTHING_SKIPPED, readBatch, type Summary } from '../batch/batch.ts'
import { inParallel } from '../batch/in-parallel.ts'
import { withNamedErrors } from '../batch/named-errors.ts'
import type { BatchResult } from '../copy/copy-batch.ts'
import type { LeftUpload } from '../copy/own-uploads.ts'
import type { NotKept } from '../list/not-kept.ts'
import type { Connections } from '../store/connections.ts'
import { MIGRATION_ERRORS } from '../store/errors.ts'
import { paths } from '../store/job-folder.ts'
import { type Lack, readLacks } from '../store/lacks.ts'
import { type Migration, openMigration } from '../store/migration.ts'
import { noMethods } from '../verify/verified.ts'
import { addExamples, type BatchReport, noCounts, writeBatchReport } from './batch-report.ts'
import { type ReportResult, shortened } from './result.ts'

/** `report.json`: the sum of all batches. Each object has its line in a file below `report/`. */
export type JobReport = BatchReport & {
  listed: { objects: number; bytes: number }
  /** What the stores lacked, and what was done without it; absent where they lacked nothing. */
  lacks?: Lack[]
  /** Multipart uploads that may be this job's and were not closed; absent where none are. */
  left_open?: LeftUpload[]
  /** What the destination does not have of the source; absent where that is nothing. */
  not_kept?: NotKept[]
}

/** Objects are missing or differ at the destination. A repeat would find the same: not to be retried. */
export class VerificationFailed extends Error {
  override readonly name = MIGRATION_ERRORS.VerificationFailed
}

/**
 * Sums up what became of every object. A single one that is not whole at the destination fails the job, but only when
 * all are written down: then they are not hidden behind a success, and nothing is deleted at the source.
 *
 * @throws VerificationFailed
 */
export function reportJob(connections: Connections, tools: RunTools<never>): Promise<ReportResult> {
  return withNamedErrors(tools.stopping, async () => {
    const migration = openMigration(connections, tools.job)
    const at = async (done: Amount, total: Amount) => {
      tools.progress(inBytesAndObjects(done, total))
      await tools.checkpoint()
    }
    const report = await writeReport(migration, at, tools.stopping)
    refuseFailures(report, migration.folder.address(paths.report))
    return shortened(report, migration.folder.address(''))
  })
}

const READS_AT_ONCE = 16

/**
 * Sums up the reports of the batches. One that has none is made from its records; of one that has no records either,
 * nothing was copied.
 */
export async function writeReport(
  migration: Migration,
  at: (done: Amount, total: Amount) => Promise<void>,
  signal: AbortSignal,
): Promise<JobReport> {
  const { folder } = migration
  const summary = await folder.read<Summary>(paths.summary, signal)
  const { batches, objects, bytes } = summary
  const known = new Map<number, BatchReport | null>()
  let summed = nothing()
  await inParallel(batches, { limit: READS_AT_ONCE, signal }, async (number, inner) => {
    const found = await folder.find<BatchReport>(paths.batchReport(number), inner)
    const report = found ?? (await reportCopied(migration, number, inner))
    known.set(number, report)
    summed = Object.values(report?.counts ?? {}).reduce(plus, summed)
    await at(summed, { objects, bytes })
  })
  const reports = batches.map((number) => known.get(number) ?? null)
  return writeSum(migration, { summary, reports }, signal)
}

/**
 * The report before the first copy: all is pending. Of an abort that falls between two steps no clean-up runs that could
 * write another one.
 */
export const writeFirstReport = (migration: Migration, summary: Summary, signal: AbortSignal) =>
  writeSum(migration, { summary, reports: [] }, signal)

/** `summed_up_at` is in the file alone: what is compared is what was found. */
async function writeSum(
  migration: Migration,
  { summary, reports }: { summary: Summary; reports: (BatchReport | null)[] },
  signal: AbortSignal,
): Promise<JobReport> {
  const { folder } = migration
  // A job that an earlier version has listed says nothing of it.
  const { objects, bytes, skipped = NOTHING_SKIPPED, not_kept } = summary
  const sum: JobReport = {
    listed: { objects, bytes },
    counts: noCounts(),
    methods: noMethods(),
    examples: {},
  }
  for (const report of reports) add(sum, report)
  addPending(sum)
  sum.counts.skipped = { objects: skipped.objects, bytes: skipped.bytes }
  if (skipped.files > 0) {
    addExamples(sum.examples, { skipped: await folder.readLines(paths.skipped(0), signal) })
  }
  const lacks = await readLacks(folder, signal)
  const left_open = await readLeftOpen(migration, signal)
  if (lacks.length > 0) sum.lacks = lacks
  if (left_open.length > 0) sum.left_open = left_open
  if (not_kept) sum.not_kept = not_kept
  await folder.write(paths.report, { summed_up_at: new Date().toISOString(), ...sum }, signal)
  return sum
}

async function readLeftOpen({ folder }: Migration, signal: AbortSignal): Promise<LeftUpload[]> {
  const found = await folder.list(paths.allClosed, signal)
  const read = found.map((path) => folder.read<{ left: LeftUpload[] }>(path, signal))
  return (await Promise.all(read)).flatMap(({ left }) => left)
}

/** Of a batch that was copied and not verified: the job ended before. */
async function reportCopied(migration: Migration, number: number, signal: AbortSignal) {
  const result = await migration.folder.find<BatchResult>(paths.result(number), signal)
  if (!result) return null
  const batch = await readBatch(migration, number, signal)
  return writeBatchReport(migration, { batch, entries: result.entries }, signal)
}

function addPending({ counts, listed }: JobReport): void {
  const met = Object.values(counts)
  counts.pending.objects += listed.objects - met.reduce((sum, { objects }) => sum + objects, 0)
  counts.pending.bytes += listed.bytes - met.reduce((sum, { bytes }) => sum + bytes, 0)
}

function add(sum: BatchReport, report: BatchReport | null): void {
  if (!report) return
  const { counts, methods, examples } = report
  for (const [outcome, { objects, bytes }] of Object.entries(counts)) {
    const known = sum.counts[outcome as keyof typeof counts]
    known.objects += objects
    known.bytes += bytes
  }
  for (const [method, count] of Object.entries(methods)) sum.methods[method as keyof typeof methods] += count
  addExamples(sum.examples, examples)
}

function refuseFailures({ counts, listed, examples }: JobReport, address: string): void {
  const failed = counts.changed.objects + counts.gone.objects + counts.refused.objects
  if (failed === 0) return
  const [first] = [...(examples.changed ?? []), ...(examples.gone ?? []), ...(examples.refused ?? [])].sort(
    (a, b) => (a.key < b.key ? -1 : 1),
  )
  throw new VerificationFailed(
    `${failed} of ${listed.objects} objects are not whole at the destination, such as ` +
      `${first?.key} (${first?.reason}): see ${address}`,
  )
}
