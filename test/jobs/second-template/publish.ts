import { defineStep } from '#sdk/index.ts'

export const handler = defineStep<{ sum: number }, { published: number }, never>({
  name: 'publish',
  abortable: 'boundary',
  irreversible: 'what was published may have been read',
  run: async ({ sum }) => ({ published: sum }),
})
