import { defineStep } from 'standdown'

export const handler = defineStep({
  name: 'render',
  abortable: 'boundary',
  run: async ({ invoices }: { invoices: string[] }) => ({ pages: invoices.length }),
})
