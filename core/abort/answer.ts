import { ABORT_MODES, type AbortMode, type Job } from '../job/job.ts'
import { isTerminal } from '../states.ts'

/**
 * What a job answers to an abort. `accept`: it begins to cancel; `escalate`: a graceful abort becomes
 * forced; `repeat`: it is being cancelled already, nothing changes. The others are refusals: `ended`: the
 * job has ended; `closed`: its execution has ended and is being cleaned up; `unsupported`: the template
 * does not have this mode.
 */
export type AbortAnswer = 'accept' | 'escalate' | 'repeat' | 'ended' | 'closed' | 'unsupported'

/**
 * The one rule of whether an abort is taken: the reducer writes by it, the API refuses by it, and every view
 * shows it. `modes` are those of the template; force is never ruled out.
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
  if (job.closed) return 'closed'
  return mode === 'graceful' && !modes.includes(mode) ? 'unsupported' : 'accept'
}
