/** What the action asks does not answer for now: the state machine begins another attempt of it. */
export class ActionUnavailable extends Error {
  override readonly name = 'ActionUnavailable'
}

/** What the action asks says no: a repeat would not help. */
export class ActionRefused extends Error {
  override readonly name = 'ActionRefused'
}

/** No answer came within the action's own time: what it asked for may go on. */
export class ActionTimedOut extends Error {
  override readonly name = 'ActionTimedOut'
}

/** The operation itself says that it failed. */
export class OperationFailed extends Error {
  override readonly name = 'OperationFailed'
}

/** The answer to a start was lost, and nothing can tell whether it began. */
export class StartUnanswered extends Error {
  override readonly name = 'StartUnanswered'
}
