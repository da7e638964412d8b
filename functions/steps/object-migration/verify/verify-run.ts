import type { RunTools } from '#sdk/index.ts'
import { type Amount, inBytesAndObjects, nothing, plus } from '../batch/amount.ts'
import type { Batch } from '../batch/batch.ts'
import { amountBefore } from '../batch/slices.ts'
import type { BatchResult } from '../copy/copy-batch.ts'
import type { ObjectFault } from '../store/faults.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import type { Method, Proof, Seen } from './compare.ts'
import type { Reading } from './content.ts'
import { type Methods, noMethods } from './verified.ts'

export type VerifyResult = { verified: number; failed: number; methods: Methods }

/**
 * `slice` is the next one. Of that, `proven` are the objects for which the lists did not do, and `reading` says how
 * far those whose bytes are being compared are.
 */
export type VerifyCheckpoint = {
  slice: number
  result: VerifyResult
  proven: [i: number, method: Method, source: Seen, copy: Seen][]
  reading: [i: number, Reading][]
}

type Proven = VerifyCheckpoint['proven'][number]

/** One attempt at one batch. `stopping` cuts off what it reads: it writes nothing but its own records. */
export type VerifyRun = {
  migration: Migration
  batch: Batch
  tools: RunTools<VerifyCheckpoint>
  /** What was not copied, by its place in the manifest. */
  uncopied: Map<number, ObjectFault>
  slice: number
  result: VerifyResult
  proven: Map<number, Proof>
  reading: Map<number, Reading>
  /** What all batches hold together, where the machine tells it. */
  all: Amount | undefined
  /** What the slices before this one hold, and what of this one has been compared. */
  before: Amount
  compared: Amount
}

export async function beginVerify(
  migration: Migration,
  { batch, all }: { batch: Batch; all?: Amount | undefined },
  tools: RunTools<VerifyCheckpoint>,
): Promise<VerifyRun> {
  const copied = await migration.folder.read<BatchResult>(paths.result(batch.number), tools.stopping)
  const uncopied = new Map<number, ObjectFault>()
  for (const [i, etag, reason, message] of copied.entries) {
    if (etag === null) uncopied.set(i, { reason: reason!, message: message! })
  }
  const none = { verified: 0, failed: 0, methods: noMethods() }
  const { slice = 0, result = none, proven = [], reading = [] } = tools.resumeFrom ?? {}
  return {
    migration,
    batch,
    tools,
    uncopied,
    slice,
    result,
    proven: new Map(proven.map(([i, method, source, copy]) => [i, { method, source, copy }])),
    reading: new Map(reading),
    all,
    before: amountBefore(batch, slice),
    compared: nothing(),
  }
}

/** A safe point: keeps how far the batch is, reports it and looks at the abort. */
export async function safePoint({ tools, batch, slice, result, ...run }: VerifyRun): Promise<void> {
  tools.progress(inBytesAndObjects(plus(run.before, run.compared), batch.amount, run.all))
  const proven = [...run.proven].map(([i, { method, source, copy }]): Proven => [i, method, source, copy])
  await tools.checkpoint({ slice, result, proven, reading: [...run.reading] })
}
