import type { Job } from '#core/job/job.ts'
import { stepsOfJob } from '#core/step/of-job.ts'
import type { Step } from '#core/step/step.ts'
import type { Needs } from '../ports.ts'

/** The steps of the job's own execution. */
export const stepsOf = async ({ steps }: Needs<'steps'>, job: Job): Promise<Step[]> =>
  stepsOfJob(job, await steps.list(job.job_execution_id))
