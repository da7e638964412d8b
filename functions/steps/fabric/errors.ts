/** Errors of the fabric's step, as a state machine's Retry names them. */
export const FABRIC_ERRORS = {
  /** Systems Manager does not answer, or asks to slow down: a later attempt finds its command again. */
  RunCommandUnavailable: 'RunCommandUnavailable',
  /** The playbook did not succeed on every target: a repeat is the job's own decision. */
  PlaybookFailed: 'PlaybookFailed',
  /** Systems Manager refuses the command, or the input cannot be run: a repeat would be refused, too. */
  PlaybookRefused: 'PlaybookRefused',
} as const

export class RunCommandUnavailable extends Error {
  override readonly name = FABRIC_ERRORS.RunCommandUnavailable
}

export class PlaybookFailed extends Error {
  override readonly name = FABRIC_ERRORS.PlaybookFailed
}

export class PlaybookRefused extends Error {
  override readonly name = FABRIC_ERRORS.PlaybookRefused
}
