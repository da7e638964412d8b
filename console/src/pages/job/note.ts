import type { StepView } from '#core/api/answers.ts'

/** What is special about a step, in one line: what it failed of, or what its clean-up did. */
export function noteOf({ fault, clean_up_fault, cleaned_up, not_responding_since }: StepView): string {
  if (clean_up_fault) return `Its clean-up failed: ${clean_up_fault.exception_message}`
  if (fault) return `${fault.exception}: ${fault.exception_message}`
  if (cleaned_up) return 'Cleaned up'
  return not_responding_since ? 'Has not reached a checkpoint since the abort' : ''
}
