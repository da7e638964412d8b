import type { RunTools } from '#sdk/index.ts'
import { amountOf, type BatchInput, nothing, plus } from '../batch/amount.ts'
import { type BatchObject, readBatch } from '../batch/batch.ts'
import { eachObject } from '../batch/each-object.ts'
import { withNamedErrors } from '../batch/named-errors.ts'
import { type Slice, slicesOf } from '../batch/slices.ts'
import { writeBatchReport } from '../report/batch-report.ts'
import { storesAnswer } from '../store/answers.ts'
import type { Connections } from '../store/connections.ts'
import type { ObjectFault } from '../store/faults.ts'
import { findObject, type StoredObject } from '../store/find-object.ts'
import { findListed } from '../store/find-objects.ts'
import { paths } from '../store/job-folder.ts'
import { openMigration } from '../store/migration.ts'
import { compare, type Proof } from './compare.ts'
import { ReadMismatch } from './read-range.ts'
import type { VerifiedSlice } from './verified.ts'
import {
  beginVerify,
  safePoint,
  type VerifyCheckpoint,
  type VerifyResult,
  type VerifyRun,
} from './verify-run.ts'

const AT_ONCE = 8

/** Compares the objects of one batch with their copies. What is not whole is counted and kept, and fails nothing. */
export function verifyBatch(
  connections: Connections,
  { item, all }: BatchInput,
  tools: RunTools<VerifyCheckpoint>,
): Promise<VerifyResult> {
  return withNamedErrors(tools.stopping, async () => {
    const migration = openMigration(connections, tools.job)
    const batch = await readBatch(migration, item, tools.stopping)
    const run = await beginVerify(migration, { batch, all }, tools)
    for (const slice of slicesOf(batch).slice(run.slice)) await verifySlice(run, slice)
    await writeBatchReport(migration, { batch }, tools.stopping)
    return run.result
  })
}

async function verifySlice(run: VerifyRun, slice: Slice): Promise<void> {
  const { migration, batch, tools } = run
  const found = await findCopies(run, slice)
  const outcomes: Outcomes = new Map()
  await eachObject(slice.objects, {
    limit: AT_ONCE,
    signal: tools.stopping,
    pauses: migration.pauses,
    attempt: tools.attempt,
    doneBefore: run.result.verified + run.proven.size,
    work: (object, signal) => verifyObject(run, { object, found, outcomes }, signal),
    giveUp: async ({ i, listed }, fault) => {
      outcomes.set(i, fault)
      run.compared = plus(run.compared, amountOf([listed]))
      await safePoint(run)
    },
    storesAnswer: (signal) => storesAnswer(migration, signal),
    safePoint: () => safePoint(run),
  })
  const verified = summed(slice, outcomes)
  const path = paths.verified(batch.number, slice.number)
  await migration.folder.write(path, verified, tools.stopping)
  count(run, verified)
  run.before = plus(run.before, amountOf(slice.objects.map(({ listed }) => listed)))
  run.slice = slice.number + 1
  await safePoint(run)
}

type Outcomes = Map<number, Proof | ObjectFault>
type Verification = { object: BatchObject; found: Map<string, StoredObject>; outcomes: Outcomes }

async function verifyObject(
  run: VerifyRun,
  { object, found, outcomes }: Verification,
  signal: AbortSignal,
): Promise<void> {
  const wasProven = run.proven.has(object.i)
  const outcome = await judge(run, { object, stored: found.get(object.target) }, signal)
  outcomes.set(object.i, outcome)
  run.compared = plus(run.compared, amountOf([object.listed]))
  // what the list or an earlier attempt has proven cost nothing
  if (!wasProven && ('reason' in outcome || outcome.method !== 'etag')) await safePoint(run)
}

/** One list for many objects: it tells the ETags, which are proof enough of most. */
function findCopies({ migration, uncopied, tools }: VerifyRun, slice: Slice) {
  const copied = slice.objects.filter(({ i, target }) => target !== '' && !uncopied.has(i))
  const targets = copied.map(({ target }) => target)
  return findListed(migration.destination, targets, tools.stopping)
}

type Pair = { object: BatchObject; stored: StoredObject | undefined }

/** An object that changed while it was compared is a failure of that object, not of the step. */
async function judge(run: VerifyRun, pair: Pair, signal: AbortSignal): Promise<Proof | ObjectFault> {
  const uncopied = run.uncopied.get(pair.object.i)
  if (uncopied) return uncopied
  try {
    return await prove(run, pair, signal)
  } catch (error) {
    if (error instanceof ReadMismatch) return { reason: 'changed', message: error.message }
    throw error
  }
}

async function prove(run: VerifyRun, pair: Pair, signal: AbortSignal): Promise<Proof | ObjectFault> {
  const { i, target } = pair.object
  // A list may lag behind, or be in another order than its keys: a copy is missing where HEAD says so too.
  const stored = pair.stored ?? (await findObject(run.migration.destination, target, signal)) ?? undefined
  const before = run.proven.get(i)
  if (before && before.copy.etag === stored?.etag) return before
  const verdict = await compare(
    run.migration,
    { object: pair.object, stored },
    {
      signal,
      from: run.reading.get(i),
      reached: async (reading) => {
        run.reading.set(i, reading)
        await safePoint(run)
      },
    },
  )
  run.reading.delete(i)
  if ('difference' in verdict) return verdict.difference
  if (verdict.proof.method !== 'etag') run.proven.set(i, verdict.proof)
  return verdict.proof
}

function summed(slice: Slice, outcomes: Outcomes): VerifiedSlice {
  const result: VerifiedSlice = { verified: [], failures: [] }
  for (const { i, listed } of slice.objects) {
    const outcome = outcomes.get(i)!
    if ('method' in outcome) result.verified.push({ i, ...outcome })
    else result.failures.push({ i, key: listed.key, ...outcome })
  }
  return result
}

function count(run: VerifyRun, { verified, failures }: VerifiedSlice): void {
  const methods = { ...run.result.methods }
  for (const { method } of verified) methods[method] += 1
  run.result = {
    verified: run.result.verified + verified.length,
    failed: run.result.failed + failures.length,
    methods,
  }
  run.proven.clear()
  run.reading.clear()
  run.compared = nothing()
}
