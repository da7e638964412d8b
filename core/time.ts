import type { Time } from './job/job.ts'

/** The moment `milliseconds` after the epoch, as the items keep it: RFC 3339, UTC. */
export const timeAt = (milliseconds: number): Time => new Date(milliseconds).toISOString()
