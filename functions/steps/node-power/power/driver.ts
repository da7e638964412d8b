import type { PowerState, ResetType } from '../targets.ts'

/**
 * What a BMC says of its system now, in its own `word`. `power` is null where that is neither on nor off, as on its way to
 * one of them; `busy` while it still works on what this driver has told it.
 */
export type Reading = {
  power: PowerState | null
  word: string
  allowed: string[] | null
  busy: boolean
}

/** One node's BMC, for one operation or one look. */
export interface PowerDriver {
  /** @throws BmcError */
  read(signal: AbortSignal): Promise<Reading>
  /** Tells it to do this, once. @throws BmcRefusal where it says no, BmcError where it is not known what it did */
  reset(type: ResetType): Promise<void>
  /** Takes back an NMI, where the BMC has a way for that. */
  abortNmi(): Promise<void>
  /** Gives back what it holds at the BMC; never throws. */
  close(): Promise<void>
}

/** The BMC does not answer, or not as one does: it may be well a moment later. */
export class BmcError extends Error {
  override readonly name = 'BmcError'
  /** At the earliest after so many seconds, where the BMC said so. */
  readonly retryAfter: number | null
  constructor(message: string, options: { cause?: unknown; retryAfter?: number | null } = {}) {
    super(message, { cause: options.cause })
    this.retryAfter = options.retryAfter ?? null
  }
}

/** The BMC, or who may reach it, said no, in these words: a repeat would be told the same. */
export class BmcRefusal extends Error {
  override readonly name = 'BmcRefusal'
}

/** The connection was refused: the request has certainly not been carried out. */
export class NotReached extends BmcError {}
