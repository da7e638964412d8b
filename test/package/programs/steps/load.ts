import { defineStep } from 'standdown'

export const handler = defineStep({
  name: 'load',
  abortable: 'boundary',
  run: async ({ month }: { month: string }) => ({ invoices: [`${month} 1`, `${month} 2`] }),
})
