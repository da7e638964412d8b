import type { Time } from '../job/job.ts'
import { LAYOUT } from '../layout.ts'
import { counted } from '../notifications/noun.ts'
import { STEP_RULES } from '../notifications/rules.ts'
import { type Outcome, write } from '../outcome.ts'
import type { JsonValue } from '../value.ts'
import type { Progress, Step } from './step.ts'

// What every write of a step's item has in common.

/** A lease: who holds it, until when it holds, and when the Lambda behind it is certainly over. */
export type LeaseTerms = { owner: string; epoch: number; lease_until: Time; dead_by: Time }

/** What the author reported and no write has kept yet. */
export type Report = { data?: JsonValue; progress?: Progress }

/**
 * `busy`: a live lease; `done`: it has its result; `fenced`: not this owner's; `over`: ended or cancelled;
 * `taken`: by another execution, or an earlier one of the same name.
 */
export type StepRefusal = 'unknown' | 'busy' | 'done' | 'fenced' | 'over' | 'taken'
export type StepResult = Outcome<Step, StepRefusal>

/** Counts the write, and the notifications that it means. The first write of a step has no item before it. */
export const moved = (from: Step, change: Partial<Step>, at: Time): StepResult => {
  const before = from.version === 0 ? undefined : from
  // Clocks of two Lambdas differ: what is later must never be listed before what came earlier.
  const updated_at = from.updated_at > at ? from.updated_at : at
  const after: Step = { ...from, ...change, layout: LAYOUT, updated_at, version: from.version + 1 }
  return write(counted(STEP_RULES, { before, after }))
}

export const reported = (report: Report | undefined, at: Time): Partial<Step> => ({
  ...(report?.data === undefined ? {} : { checkpoint: report.data, checkpoint_at: at }),
  ...(report?.progress === undefined ? {} : { progress: report.progress }),
})
