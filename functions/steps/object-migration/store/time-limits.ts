/** How long one try of a call may take, and the call with all of its tries; in ms. */
export type TimeLimits = { requestTimeout: number; total: number }

const MINUTE = 60_000

/**
 * A store that hangs becomes `StoreUnavailable` well before the Lambda's 15 minutes are over. A copy within the
 * store answers only when it is done, which takes minutes for gigabytes: that is work, and is not cut off.
 */
const LOOK: TimeLimits = { requestTimeout: 30_000, total: 3 * MINUTE }
const DATA: TimeLimits = { requestTimeout: 2 * MINUTE, total: 5 * MINUTE }
const WORK: TimeLimits = { requestTimeout: 9 * MINUTE, total: 10 * MINUTE }

const SLOW: Record<string, TimeLimits> = {
  PutObject: DATA,
  UploadPart: DATA,
  CopyObject: WORK,
  UploadPartCopy: WORK,
  CompleteMultipartUpload: WORK,
}

export const timeLimits = (call: string): TimeLimits => SLOW[call] ?? LOOK
