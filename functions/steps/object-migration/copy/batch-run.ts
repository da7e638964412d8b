import type { RunTools } from '#sdk/index.ts'
import type { Batch } from '../batch/batch.ts'
import type { Migration } from '../store/migration.ts'
import type { Plan } from './baseline.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { Ledger, LedgerState } from './ledger.ts'
import { toRanges } from './ranges.ts'

/** `parts` are the finished ones, as ranges; their ETags are the store's to tell (ListParts). */
export type OpenUpload = { i: number; upload_id: string; parts: string }
export type CopyCheckpoint = LedgerState & { uploads: OpenUpload[] }

/** An upload under way: the finished parts and their ETags. */
export type LiveUpload = { id: string; parts: Map<number, string> }

/** One attempt at one batch. */
export type BatchRun = {
  migration: Migration
  batch: Batch
  plan: Plan
  tools: RunTools<CopyCheckpoint>
  ledger: Ledger
  /** By the object's place in the manifest. */
  uploads: Map<number, LiveUpload>
  budget: ByteBudget
  bytes: { done: number; total: number }
}

/** A safe point: keeps all that is known, tells the progress and looks at the abort. */
export async function safePoint(run: BatchRun): Promise<void> {
  const { tools, ledger, bytes } = run
  tools.signal.throwIfAborted()
  tools.progress({ ...bytes, unit: 'bytes' })
  const uploads = [...run.uploads].map(([i, { id, parts }]) => ({
    i,
    upload_id: id,
    parts: toRanges(parts.keys()),
  }))
  await tools.checkpoint({ ...ledger.state(), uploads })
}
