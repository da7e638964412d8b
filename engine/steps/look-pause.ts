/** What one job's looks may cost, in read units a second; the item takes 3,000. */
const READ_UNITS = 500
/** Of an eventually consistent read of an item up to 4 KB. */
const UNITS_A_LOOK = 0.5

/** The pause between two looks of a step, where so many steps of its job may run at once. */
export const lookMsOf = (atLeast: number, concurrency: number): number =>
  Math.max(atLeast, (concurrency * UNITS_A_LOOK * 1000) / READ_UNITS)
