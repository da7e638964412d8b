export { CannotCleanUp, JobAborted, StepBusy, StepFenced, StepOutOfTime, ValueNotKept } from '#core/errors.ts'
export type { Progress } from '#core/step/step.ts'
export { defineStep } from './define-step.ts'
export type { HookTools, JobInfo, RunTools, StepDefinition, StepMetadata } from './types.ts'
