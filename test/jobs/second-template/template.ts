import * as z from 'zod'

/** A job template as a user of the product would write one: this folder is all there is of it. */
export const REPORT = {
  name: 'report',
  description: 'Collects figures and publishes them',
  input: z.strictObject({ title: z.string().max(100), figures: z.array(z.number()).max(1000) }),
  errors: { SourceAway: 'SourceAway' },
} as const

export type ReportInput = z.infer<typeof REPORT.input>
