import * as z from 'zod'

export const jobParameters = z.strictObject({
  template: z.string().min(1).max(63),
  input: z.record(z.string(), z.json()).optional(),
})

export type JobParameters = z.infer<typeof jobParameters>
