import type { Needs } from '../ports.ts'

export type StepTiming = {
  leaseMs: number
  /** At most one write and one look at the abort in this time. */
  periodMs: number
}

/** What a step's own process needs. */
export type StepPorts = Needs<'jobs' | 'steps' | 'executions' | 'clock' | 'ids' | 'log'> & {
  timing: StepTiming
}
