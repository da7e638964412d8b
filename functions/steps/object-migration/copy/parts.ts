import type { Transfer } from '../store/migration.ts'

const MIB = 1024 ** 2

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MAX_PARTS = 10_000
const MAX_PART = 5 * 1024 * MIB

/** Between two stores, what is larger goes through as a stream; the rest is held, so that its MD5 goes before it. */
export const MAX_HELD = 8 * MIB

/** What a stream holds of its body at most. */
export const STREAM_BYTES = MIB

export type Part = { number: number; start: number; size: number }

/** Depends on the object and the job's input only, so that a retry cuts the same parts. */
export function partsOf(size: number, { partSize, maxParts }: Transfer): Part[] {
  const most = size > maxParts * MAX_PART ? MAX_PARTS : maxParts
  const least = Math.ceil(size / most / MIB) * MIB
  const each = Math.max(partSize, least)
  return Array.from({ length: Math.ceil(size / each) }, (_, i) => ({
    number: i + 1,
    start: i * each,
    size: Math.min(each, size - i * each),
  }))
}
