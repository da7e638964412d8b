import type { StanddownStack } from '#infra/stack.ts'
import { addJobs } from './deployed-jobs.ts'

/** The first deployment: what `extraJobs` names. */
export default (stack: StanddownStack): void =>
  addJobs(stack, {
    'job-changed': ['changed'],
    'job-shortened': ['kept', 'dropped'],
    'job-removed': ['removed'],
  })
