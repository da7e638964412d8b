/** `standdown/cdk`: the constructs. */

export { AbortableJob, type AbortableJobProps, type JobTemplate } from '#infra/constructs/abortable-job.ts'
export { AbortableStateMachine, type AttachProps } from '#infra/constructs/abortable-state-machine.ts'
export type { ExternalStepProps } from '#infra/constructs/external-step.ts'
export { JobControl, type JobControlProps } from '#infra/constructs/job-control.ts'
export { type DefinedStep, type IStepFunction, StepFunction } from '#infra/constructs/step-function.ts'
export type { StepMapProps, Steps, StepTaskProps } from '#infra/constructs/steps.ts'
