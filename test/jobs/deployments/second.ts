import type { StanddownStack } from '#infra/stack.ts'
import { addJobs } from './deployed-jobs.ts'

/** The second one: without the template `job-removed`, and without the last step of `job-shortened`. */
export default (stack: StanddownStack): void =>
  addJobs(stack, { 'job-changed': ['changed'], 'job-shortened': ['kept'] })
