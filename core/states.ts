/** The states of a job and of a step, and the only edges between them. */
export const STATES = ['PENDING', 'ONGOING', 'CANCELLING', 'CANCELLED', 'SUCCEEDED', 'FAILED'] as const
export type State = (typeof STATES)[number]

export const TERMINAL_STATES = ['CANCELLED', 'SUCCEEDED', 'FAILED'] as const
export type TerminalState = (typeof TERMINAL_STATES)[number]

export const isTerminal = (state: State): state is TerminalState =>
  (TERMINAL_STATES as readonly State[]).includes(state)

/** Where a job may go from each state. A state never lists itself: an escalation is no edge. */
export const JOB_EDGES: Record<State, readonly State[]> = {
  PENDING: ['ONGOING', 'CANCELLING', 'FAILED'],
  ONGOING: ['CANCELLING', 'SUCCEEDED', 'FAILED'],
  CANCELLING: ['CANCELLED', 'FAILED'],
  CANCELLED: [],
  SUCCEEDED: [],
  FAILED: [],
}

/** Where a step may go. SUCCEEDED is left only by a stand-down with `rollback`. */
export const STEP_EDGES: Record<State, readonly State[]> = {
  PENDING: ['ONGOING', 'CANCELLED'],
  ONGOING: ['SUCCEEDED', 'FAILED', 'CANCELLING'],
  CANCELLING: ['CANCELLED', 'FAILED'],
  CANCELLED: [],
  SUCCEEDED: ['CANCELLED', 'FAILED'],
  FAILED: [],
}
