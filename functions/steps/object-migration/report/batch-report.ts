import type { Batch } from '../batch/batch.ts'
import type { BatchResult } from '../copy/copy-batch.ts'
import type { Entry } from '../copy/ledger.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import { type Methods, noMethods } from '../verify/verified.ts'
import { OUTCOMES, type Outcome, outcomesOf, type ReportLine } from './outcomes.ts'

/** So many lines of each outcome are in the sums. */
export const MAX_EXAMPLES = 100

export type Counts = Record<Outcome, { objects: number; bytes: number }>
export type Examples = Partial<Record<Outcome, Omit<ReportLine, 'outcome'>[]>>

/** `report/<batch>.json`: the sum of the lines of `report/<batch>.ndjson`. */
export type BatchReport = { counts: Counts; methods: Methods; examples: Examples }

export const noCounts = (): Counts =>
  Object.fromEntries(OUTCOMES.map((outcome) => [outcome, { objects: 0, bytes: 0 }])) as Counts

/**
 * Writes what became of each object of a batch, as far as its records tell. `entries` are what was copied; without
 * them the batch's result tells.
 */
export async function writeBatchReport(
  migration: Migration,
  { batch, entries }: { batch: Batch; entries?: Entry[] },
  signal: AbortSignal,
): Promise<BatchReport> {
  const { folder } = migration
  const copied =
    entries ?? (await folder.find<BatchResult>(paths.result(batch.number), signal))?.entries ?? []
  const lines = await outcomesOf(migration, { batch, entries: copied }, signal)
  const report = summed(lines)
  await folder.writeLines(paths.reportLines(batch.number), lines, signal)
  await folder.write(paths.batchReport(batch.number), report, signal)
  return report
}

function summed(lines: ReportLine[]): BatchReport {
  const report: BatchReport = { counts: noCounts(), methods: noMethods(), examples: {} }
  for (const { outcome, ...line } of lines) {
    report.counts[outcome].objects += 1
    report.counts[outcome].bytes += line.bytes
    if (line.method) report.methods[line.method] += 1
    addExamples(report.examples, { [outcome]: [line] })
  }
  return report
}

export function addExamples(examples: Examples, more: Examples): void {
  for (const [name, lines] of Object.entries(more)) {
    const outcome = name as Outcome
    const known = examples[outcome] ?? []
    examples[outcome] = [...known, ...lines].slice(0, MAX_EXAMPLES)
  }
}
