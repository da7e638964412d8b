const MIB = 1024 ** 2
const GIB = 1024 * MIB

/** https://docs.aws.amazon.com/step-functions/latest/dg/limits-overview.html; a full history ends its execution. */
export const HISTORY_EVENTS = 25_000
export const EVENTS_A_RETRY = 3
/** Of a Map whose items are one task each. */
export const EVENTS_AN_ITEM = 7

/** Of an execution's history: for the states around the Maps, and for the retries of passing faults in all of them. */
export const EVENTS_AROUND = 100
const EVENTS_FOR_FAULTS = 6_000
export const EVENTS_FOR_BATCHES = HISTORY_EVENTS - EVENTS_AROUND - EVENTS_FOR_FAULTS

/**
 * What an invocation of 15 minutes is sure to do: 18 objects and 20 MB a second, a tenth of what is usual. A batch that
 * holds more may need another, which is a retry.
 */
const OBJECTS_AN_ATTEMPT = 15_000
const BYTES_AN_ATTEMPT = 16 * GIB

/** How often each batch is an item of a Map: it is copied and verified, and a move deletes it at the source. */
export const mapsOf = (remainSource: boolean): number => (remainSource ? 2 : 3)

type Load = { objects: number; bytes: number }

/** The most events that a batch takes of the history, without passing faults. */
export function eventsOf({ objects, bytes }: Load, maps: number): number {
  const retries = Math.floor(objects / OBJECTS_AN_ATTEMPT) + Math.floor(bytes / BYTES_AN_ATTEMPT)
  return maps * (EVENTS_AN_ITEM + EVENTS_A_RETRY * retries)
}

/** From which batch on a batch may hold how many times as much. */
const TIERS = [
  { from: 200, scale: 1_000 },
  { from: 150, scale: 100 },
  { from: 100, scale: 10 },
  { from: 32, scale: 4 },
  { from: 8, scale: 2 },
  { from: 0, scale: 1 },
]

/**
 * How much a batch holds: 100 objects or 256 MiB at first, twice that once each of the eight children that run at once
 * has one, and a thousand times that from the 200th batch on. A few objects are so spread over many children, what a
 * batch costs by itself is shared by more, and the batches of twenty million fit the history.
 */
export function batchLimits(batch: number): Load {
  const { scale } = TIERS.find(({ from }) => batch >= from)!
  return { objects: 100 * scale, bytes: 256 * MIB * scale }
}
