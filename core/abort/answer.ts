import { ABORT_MODES, type AbortMode, type AbortRequest, type Job, type Time } from '../job/job.ts'
import { isTerminal } from '../states.ts'

/**
 * What a job answers to an abort. `accept`: it begins to cancel; `escalate`: a graceful abort becomes
 * forced; `repeat`: it is being cancelled in this mode already. The others are refusals: `ended`: the job has
 * ended; `closed`: its execution has ended and is being cleaned up; `unsupported`: the template does not have
 * this mode, as that of an attached machine never has graceful.
 */
export type AbortAnswer = 'accept' | 'escalate' | 'repeat' | 'ended' | 'closed' | 'unsupported'

/**
 * The one rule of whether an abort is taken: the reducer writes by it, the API refuses by it, and every view
 * shows it. `modes` are those of the template. Force is never ruled out while the job has not ended.
 */
export function answerAbort(
  job: Job,
  mode: AbortMode,
  modes: readonly AbortMode[] = ABORT_MODES,
): AbortAnswer {
  if (isTerminal(job.state)) return 'ended'
  if (job.state === 'CANCELLING') {
    return job.abort_request.mode === 'graceful' && mode === 'force' ? 'escalate' : 'repeat'
  }
  if (mode === 'force') return 'accept'
  if (job.closed) return 'closed'
  return modes.includes(mode) && !job.attached ? 'accept' : 'unsupported'
}

/** What may be asked for beside the mode. */
export type AbortOptions = { mode: AbortMode; rollback: boolean; force_at: Time | null }
export type NotTaken = { option: 'rollback' | 'force_after_seconds'; reason: string }

/** The options of a further abort that the running one does not have yet, and those that come too late. */
export type Merged = { options: AbortOptions; isNew: boolean; notTaken: NotTaken[] }

/**
 * Merges a further abort into the running one: what is stronger is added, nothing is ever taken back. Once the
 * stand-down has begun steps may have been passed that a rollback would have undone.
 */
export function mergeAbort(running: AbortRequest, asked: AbortOptions, hasBegun: boolean): Merged {
  const mode = running.mode === 'force' ? 'force' : asked.mode
  const rollback = asked.rollback && !running.rollback
  const sooner = asked.force_at !== null && (running.force_at === null || asked.force_at < running.force_at)
  const force_at = sooner && mode === 'graceful'
  const notTaken: NotTaken[] = []
  if (hasBegun && rollback) {
    notTaken.push({ option: 'rollback', reason: 'the clean-up has begun without it' })
  }
  if (hasBegun && force_at) {
    notTaken.push({ option: 'force_after_seconds', reason: 'the execution has ended already' })
  }
  const options = {
    mode,
    rollback: running.rollback || (rollback && !hasBegun),
    force_at: force_at && !hasBegun ? asked.force_at : running.force_at,
  }
  const isNew = mode !== running.mode || (!hasBegun && (rollback || force_at))
  return { options, isNew, notTaken }
}
