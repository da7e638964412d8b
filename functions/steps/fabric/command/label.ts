import { createHash } from 'node:crypto'
import type { JobInfo } from '#sdk/index.ts'

export type Place = {
  job: Pick<JobInfo, 'job_execution_id' | 'execution_arn' | 'created_at'>
  index: number | string | null
}

/**
 * How the comments of a playbook's commands begin, whatever the pass: SendCommand takes no token, so that this is what
 * its commands are found by. The hash tells jobs of the same name apart. At most 100 characters in all.
 */
export function labelOf({ job, index }: Place): string {
  const life = createHash('sha256').update(`${job.execution_arn} ${job.created_at}`).digest('hex').slice(0, 8)
  return `${job.job_execution_id} ${life} [${index ?? 0}]`
}

export const commentOf = (place: Place, pass: number): string => `${labelOf(place)} (${pass})`
