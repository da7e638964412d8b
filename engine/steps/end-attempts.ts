import { isLive } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import type { Needs } from '../ports.ts'

/**
 * Says of every attempt and every hook that still has a lease what it would say itself: that it is over. Only for who
 * knows that no code of any step runs: one runtime ran them all, and it has ended. Answers how many there were.
 */
export async function endAttempts(ports: Needs<'jobs' | 'steps' | 'index' | 'clock'>): Promise<number> {
  const at = timeAt(ports.clock.now())
  // An ended job may have a step that its stand-down has still to tidy.
  const jobs = [...(await ports.index.active()), ...(await ports.index.ended(at))]
  let ended = 0
  for (const { job_execution_id } of jobs) {
    for (const step of await ports.steps.list(job_execution_id)) {
      if (!isLive(step, at) || step.owner === null) continue
      const event = { type: 'give-back' as const, at, owner: step.owner, fault: null }
      const { kind } = await ports.steps.apply(step, event, step)
      if (kind === 'write') ended += 1
    }
  }
  return ended
}
