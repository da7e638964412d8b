/** Errors of the object migration's steps, as a state machine's Retry names them. */
export const MIGRATION_ERRORS = {
  /** A store does not answer, or asks to slow down: a later attempt resumes. */
  StoreUnavailable: 'StoreUnavailable',
  /** Something of the source would be lost, and `refuse_loss` was given: nothing was copied. */
  LossRefused: 'LossRefused',
  /** Objects are missing or differ at the destination: a repeat would find the same. */
  VerificationFailed: 'VerificationFailed',
} as const

/** How often a step is begun while a store does not answer: about 20 minutes. */
export const STORE_ATTEMPTS = 9
