import { readBatch } from '../batch/batch.ts'
import { inParallel } from '../batch/in-parallel.ts'
import type { BatchResult } from '../copy/copy-batch.ts'
import { objectFault } from '../store/faults.ts'
import { findObjects } from '../store/find-objects.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import { compare, type Method, type ObjectPair, type Verdict } from './compare.ts'

export type Failure = { key: string; reason: string }
export type Methods = Record<Method, number>

/** `verified/<batch>.json`: what may be deleted at the source, by its place in the manifest, and the rest. */
export type VerifiedBatch = { verified: number[]; failures: Failure[]; methods: Methods }

const AT_ONCE = 8

export const noMethods = (): Methods => ({ etag: 0, checksum: 0, content: 0, size: 0 })

/** Compares a batch and keeps the outcome; `safePoint` is called after each object. */
export async function verifyBatch(
  migration: Migration,
  number: number,
  { signal, safePoint }: { signal: AbortSignal; safePoint: () => Promise<void> },
): Promise<VerifiedBatch> {
  const batch = await readBatch(migration, number, signal)
  const copied = await migration.folder.read<BatchResult>(paths.result(number), signal)
  const failed = new Map(copied.failures.map(({ key, reason, message }) => [key, `${reason}: ${message}`]))
  const found = await findObjects(migration.destination, batch.targets.filter(Boolean), signal)
  const verdicts = new Map<number, Verdict>()
  await inParallel(batch.objects.entries(), { limit: AT_ONCE, signal }, async ([i, listed], inner) => {
    const target = batch.targets[i]!
    const reason = failed.get(listed.key)
    const pair = { listed, target, stored: found.get(target) }
    verdicts.set(i, reason ? { ok: false, reason } : await judge(migration, pair, inner))
    await safePoint()
  })
  const outcome = summed(verdicts, (i) => batch.objects[i]!.key)
  await migration.folder.write(paths.verified(number), outcome, signal)
  return outcome
}

/** An object that changed or went while it was compared is a failure of that object, not of the step. */
async function judge(migration: Migration, pair: ObjectPair, signal: AbortSignal): Promise<Verdict> {
  try {
    return await compare(migration, pair, signal)
  } catch (error) {
    const fault = objectFault(error)
    if (!fault || signal.aborted) throw error
    return { ok: false, reason: `${fault.reason}: ${fault.message}` }
  }
}

function summed(verdicts: Map<number, Verdict>, keyOf: (i: number) => string): VerifiedBatch {
  const outcome: VerifiedBatch = { verified: [], failures: [], methods: noMethods() }
  for (const [i, verdict] of [...verdicts].sort(([a], [b]) => a - b)) {
    if (verdict.ok) {
      outcome.verified.push(i)
      outcome.methods[verdict.method] += 1
    } else outcome.failures.push({ key: keyOf(i), reason: verdict.reason })
  }
  return outcome
}
