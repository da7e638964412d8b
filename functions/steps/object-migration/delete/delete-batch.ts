import type { RunTools } from '#sdk/index.ts'
import { type Amount, amountOf, type BatchInput, inBytesAndObjects, plus } from '../batch/amount.ts'
import { type Batch, readBatch } from '../batch/batch.ts'
import { eachObject } from '../batch/each-object.ts'
import { withNamedErrors } from '../batch/named-errors.ts'
import { amountBefore, type Slice, slicesOf } from '../batch/slices.ts'
import { writeBatchReport } from '../report/batch-report.ts'
import { storesAnswer } from '../store/answers.ts'
import type { Connections } from '../store/connections.ts'
import { paths } from '../store/job-folder.ts'
import { type Migration, openMigration } from '../store/migration.ts'
import { findVerified, type VerifiedObject } from '../verify/verified.ts'
import { deleteObject } from './delete-object.ts'

export type DeleteResult = { deleted: number; kept: number }

/**
 * `slice` is the next one, `done` what was deleted of it and `kept` what was not. A deletion that came after the
 * checkpoint is found gone, and counted.
 */
export type DeleteCheckpoint = {
  slice: number
  result: DeleteResult
  done: number[]
  kept: [i: number, reason: string][]
}

/** A verified object that stays at the source, and why. */
export type KeptObject = { i: number; key: string; reason: string }
/** `deleted/<batch>/<slice>.json` */
export type DeletedSlice = { deleted: number; kept: KeptObject[] }

type Tools = RunTools<DeleteCheckpoint>
type DeleteRun = {
  migration: Migration
  batch: Batch
  all: Amount | undefined
  /** What the slices before this one hold. */
  before: Amount
  tools: Tools
  state: DeleteCheckpoint
}

const AT_ONCE = 8
const MAX_REASON = 200

/** Deletes at the source what was verified of one batch; with `remain_source` nothing. */
export function deleteBatch(
  connections: Connections,
  { item, all }: BatchInput,
  tools: Tools,
): Promise<DeleteResult> {
  return withNamedErrors(tools.signal, async () => {
    const migration = openMigration(connections, tools.job)
    const nothing = { deleted: 0, kept: 0 }
    if (migration.options.remainSource) return nothing
    const batch = await readBatch(migration, item, tools.signal)
    const state = tools.resumeFrom ?? { slice: 0, result: nothing, done: [], kept: [] }
    const run = { migration, batch, all, before: amountBefore(batch, state.slice), tools, state }
    for (const slice of slicesOf(batch).slice(run.state.slice)) await deleteSlice(run, slice)
    await writeBatchReport(migration, { batch }, tools.signal)
    return run.state.result
  })
}

async function deleteSlice(run: DeleteRun, slice: Slice): Promise<void> {
  const { migration, batch, tools, state } = run
  const at = { batch: batch.number, slice: slice.number }
  const found = await findVerified(migration, at, tools.signal)
  if (!found) {
    throw new Error(
      `${paths.verified(at.batch, at.slice)} is not in the work bucket: nothing of it is deleted`,
    )
  }
  const ended = new Set([...state.done, ...state.kept.map(([i]) => i)])
  const left = found.verified.filter(({ i }) => !ended.has(i))
  await deleteEach(run, left)
  const kept = state.kept.sort(([a], [b]) => a - b)
  const outcome: DeletedSlice = {
    deleted: state.done.length,
    kept: kept.map(([i, reason]) => ({ i, key: batch.objects[i]!.key, reason })),
  }
  await migration.folder.write(paths.deleted(at.batch, at.slice), outcome, tools.signal)
  const result = {
    deleted: state.result.deleted + outcome.deleted,
    kept: state.result.kept + outcome.kept.length,
  }
  run.before = plus(run.before, amountOf(slice.objects.map(({ listed }) => listed)))
  run.state = { slice: slice.number + 1, result, done: [], kept: [] }
  await tools.checkpoint(run.state)
}

async function deleteEach(run: DeleteRun, verified: VerifiedObject[]): Promise<void> {
  const { migration, batch, tools, state } = run
  const safePoint = () => lookAtAbort(run)
  const keep = (i: number, reason: string) => state.kept.push([i, reason.slice(0, MAX_REASON)])
  await eachObject(verified, {
    limit: AT_ONCE,
    signal: tools.signal,
    pauses: migration.pauses,
    attempt: tools.attempt,
    doneBefore: state.result.deleted + state.done.length,
    work: async (proof, signal) => {
      const deletion = { listed: batch.objects[proof.i]!, target: batch.targets[proof.i]!, proof }
      const reason = await deleteObject(migration, { ...deletion, safePoint }, signal)
      if (reason === null) state.done.push(proof.i)
      else keep(proof.i, reason)
    },
    giveUp: async ({ i }, { reason, message }) => void keep(i, `${reason}: ${message}`),
    storesAnswer: (signal) => storesAnswer(migration, signal),
    safePoint,
  })
}

async function lookAtAbort({ tools, batch, all, before, state }: DeleteRun): Promise<void> {
  const ended = [...state.done, ...state.kept.map(([i]) => i)].map((i) => batch.objects[i]!)
  tools.progress(inBytesAndObjects(plus(before, amountOf(ended)), batch.amount, all))
  await tools.checkpoint(state)
  await tools.pointOfNoReturn()
}
