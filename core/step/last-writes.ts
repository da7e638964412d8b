/** Kept of a step's Lambda's time for its last writes: by then its signal has aborted. */
export const LAST_WRITES_MS = 5_000
