import type { FaultReason, ObjectFault } from '../store/faults.ts'

/** What keeps one object from being copied, found here and not by a store. */
export class CopyFault extends Error {
  readonly fault: ObjectFault

  constructor(reason: FaultReason, message: string) {
    super(message)
    this.fault = { reason, message }
  }
}
