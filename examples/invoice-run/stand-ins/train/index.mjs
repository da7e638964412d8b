import { setTimeout as pause } from 'node:timers/promises'

/** In the place of the Glue job, on one machine: it takes its time. */
export const handler = async ({ Arguments }) => {
  await pause(Number(Arguments.every_ms) * 20)
  return { JobRunState: 'SUCCEEDED' }
}
