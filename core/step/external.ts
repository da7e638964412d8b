import type { External, Step } from './step.ts'

// What is known of a task that runs no code of ours.

/**
 * A later try of the same entry of a state: Step Functions has given up the claim before it, so that its task was not
 * begun. A late write of that earlier one meets another owner.
 */
export function repeatsEntry(
  { external: known }: Step,
  { external: claiming }: Pick<Step, 'external'>,
): boolean {
  if (!known || !claiming) return false
  const { entered_at, retry } = claiming.entry
  return known.entry.entered_at === entered_at && known.entry.retry < retry
}

/** What its record says of the end of its work. */
export const stoppedAs = ({ external }: Step, stop: External['stop']): Pick<Step, 'external'> =>
  external ? { external: { ...external, stop } } : {}

/** The lease of a task that is not ours is its execution's, which has ended: that asks its work to stop, no more. */
export const askedToStop = (step: Step): Partial<Step> =>
  step.external && !step.attempt_ended ? { attempt_ended: true, ...stoppedAs(step, 'requested') } : {}
