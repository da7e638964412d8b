import type { Transfer } from '../store/migration.ts'

const MIB = 1024 ** 2

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MAX_PARTS = 10_000
const MAX_SINGLE_COPY = 5 * 1024 * MIB

/** Between two stores each part is held in memory while it is copied. */
const MAX_HELD_PART = 64 * MIB

export type Part = { number: number; start: number; size: number }

/** Larger objects are copied in parts, so that an abort need not wait for them. */
export function singleCallLimit({ partSize, serverSide }: Transfer): number {
  return Math.min(Math.max(partSize, 8 * MIB), serverSide ? MAX_SINGLE_COPY : MAX_HELD_PART)
}

/** Depends on the object and the job's input only, so that a retry cuts the same parts. */
export function partsOf(size: number, { partSize, serverSide }: Transfer): Part[] {
  const wanted = serverSide ? partSize : Math.min(partSize, MAX_HELD_PART)
  const least = Math.ceil(size / MAX_PARTS / MIB) * MIB
  const each = Math.max(wanted, least)
  return Array.from({ length: Math.ceil(size / each) }, (_, i) => ({
    number: i + 1,
    start: i * each,
    size: Math.min(each, size - i * each),
  }))
}
