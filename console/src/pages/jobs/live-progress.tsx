import { useQuery } from '@tanstack/react-query'
import type { ListedJob } from '#core/api/answers.ts'
import { isTerminal } from '#core/states.ts'
import { jobQuery } from '../../api/jobs.ts'
import { JobProgress } from '../../job/job-progress.tsx'

/** A list does not read steps: those of the jobs that run, and are shown, are asked for by themselves. */
const EVERY_MS = 4_000

export function LiveProgress({ job }: { job: ListedJob }) {
  const { data } = useQuery({
    ...jobQuery(job.job_execution_id, EVERY_MS),
    enabled: !isTerminal(job.state),
  })
  return <JobProgress progress={data?.progress ?? null} label={`Progress of ${job.job_execution_id}`} />
}
