import type { RunTools } from '#sdk/index.ts'
import { type Amount, inBytesAndObjects } from '../batch/amount.ts'
import type { Batch } from '../batch/batch.ts'
import type { Migration } from '../store/migration.ts'
import type { Baseline } from './baseline.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { Ledger, LedgerState } from './ledger.ts'
import type { Opening, Openings } from './openings.ts'
import { toRanges } from './ranges.ts'
import type { Upload } from './uploads.ts'

/** An upload in the checkpoint. `parts` are the finished ones as ranges, without ETags: ListParts tells those. */
export type RecordedUpload = { i: number; upload_id: string; parts: string }
export type CopyCheckpoint = LedgerState & { uploads: RecordedUpload[] }

/** An upload under way: the ETags of its finished parts, by their numbers. */
export type LiveUpload = { id: string; parts: Map<number, string> }

/** One attempt at one batch. */
export type BatchRun = {
  migration: Migration
  batch: Batch
  baseline: Baseline
  tools: RunTools<CopyCheckpoint>
  ledger: Ledger
  openings: Openings
  /** What earlier attempts opened. */
  earlier: Opening[]
  /** By the object's place in the manifest. */
  uploads: Map<number, LiveUpload>
  budget: ByteBudget
  /** What all batches hold together, where the machine tells it. */
  all: Amount | undefined
  bytes: { done: number }
  /** The destination wants the MD5 of each part before the part. */
  wantsMd5: boolean
}

/** A safe point: checkpoints all that is known, reports the progress and looks at the abort. */
export async function safePoint(run: BatchRun): Promise<void> {
  const { tools, batch, ledger, bytes } = run
  tools.signal.throwIfAborted()
  const done = { objects: ledger.entries.size, bytes: bytes.done }
  tools.progress(inBytesAndObjects(done, batch.amount, run.all))
  const uploads = [...run.uploads].map(([i, { id, parts }]) => ({
    i,
    upload_id: id,
    parts: toRanges(parts.keys()),
  }))
  await tools.checkpoint({ ...ledger.state(), uploads })
}

export const uploadsIn = (checkpoint: CopyCheckpoint | null, batch: Batch): Upload[] =>
  (checkpoint?.uploads ?? []).map(({ i, upload_id }) => ({ key: batch.targets[i]!, id: upload_id }))
