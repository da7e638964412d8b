import { defineStep } from '#sdk/index.ts'

/** Nothing but the protocol: what it costs is what the benchmark measures. */
export const handler = defineStep<unknown, { done: true }, never>({
  name: 'no-op',
  abortable: 'checkpoint',
  run: async () => ({ done: true }),
})
