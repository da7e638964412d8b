import { defineStep } from 'standdown'

export type Run = { month: string; count: number; every_ms: number }

/** One short call that has no middle: it runs to its end, and changes nothing. */
export const handler = defineStep({
  name: 'load',
  abortable: 'boundary',
  async run({ month, count, every_ms }: Run) {
    const invoices = Array.from({ length: count }, (_, i) => ({ id: `${month}-${i + 1}`, every_ms }))
    return { month, invoices, every_ms }
  },
})
