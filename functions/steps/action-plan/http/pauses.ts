export const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 15_000

export const longer = (pause: number): number => Math.min(pause * 1.5, LONGEST_PAUSE_MS)
