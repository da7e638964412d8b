import { defineHooks, type JobInfo } from '#sdk/index.ts'
import type { LabInput } from '../lab-step.ts'
import { mark, release } from '../marks.ts'
import { stands } from '../outside.ts'

const bucketOf = ({ input }: JobInfo): string | undefined => ((input ?? {}) as LabInput).marks

/** Work that goes on when its execution is stopped, until it is told to end. */
export const handler = defineHooks({
  name: 'train',
  async hasEnded({ job }) {
    return !(await stands(bucketOf(job), job.job_execution_id, 'train'))
  },
  async abort({ job, ended, index }) {
    const at = { bucket: bucketOf(job), job, step: 'train', index }
    if (ended === false) await release(at)
    else await mark(at, 'abort')
  },
})
