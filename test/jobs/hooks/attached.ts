import { defineHooks, type JobInfo } from '#sdk/index.ts'
import type { LabInput } from '../lab-step.ts'
import { mark, release } from '../marks.ts'
import { stands } from '../outside.ts'

const WORK = 'load'
const bucketOf = ({ input }: JobInfo): string | undefined => ((input ?? {}) as LabInput).marks

/** Of a whole execution whose machine knows nothing of Standdown. */
export const handler = defineHooks({
  name: 'lab-attached',
  async hasEnded({ job }) {
    return !(await stands(bucketOf(job), job.job_execution_id, WORK))
  },
  async abort({ job, ended, index }) {
    const at = { bucket: bucketOf(job), job, step: WORK, index }
    if (ended === false) await release(at)
    else await mark(at, 'abort')
  },
})
