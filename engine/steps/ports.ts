import type { Needs } from '../ports.ts'

export type StepTiming = {
  leaseMs: number
  /** Between two looks at the abort; longer where many steps of one job run at once. */
  lookMs: number
  /** Between two writes of what the author reports. */
  writeMs: number
}

/** What a step's own process needs. */
export type StepPorts = Needs<'jobs' | 'steps' | 'values' | 'executions' | 'clock' | 'ids' | 'log'> & {
  timing: StepTiming
}

/** The invocation that runs a step or a hook. */
export type Invocation = {
  /** Of the Lambda's time. */
  remainingMs: number
  /** The version that was invoked; null where the caller named none. */
  function_arn: string | null
}
