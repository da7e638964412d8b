/** `standdown/testing`: a step in a test of its author's, without AWS. */
export type { State } from '#core/states.ts'
export {
  type AbortAtOptions,
  type CrashOptions,
  type Outcome,
  type SafePoint,
  StepTest,
  type TestStepOptions,
  testStep,
} from '#sdk/testing/test-step.ts'
