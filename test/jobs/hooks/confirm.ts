import { defineHooks } from '#sdk/index.ts'
import type { LabInput } from '../lab-step.ts'
import { mark } from '../marks.ts'

/** Tells whoever was asked that no answer is needed any more. */
export const handler = defineHooks({
  name: 'confirm',
  async abort({ job, index }) {
    const bucket = ((job.input ?? {}) as LabInput).marks
    await mark({ bucket, job, step: 'confirm', index }, 'told')
  },
})
