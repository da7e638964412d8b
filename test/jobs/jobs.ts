import type { StanddownStack } from '#infra/stack.ts'
import { addBenchJobs } from './bench-jobs.ts'
import { addExternalJobs } from './external-jobs.ts'
import { addLabJobs } from './lab-jobs.ts'
import { addPlanned, testFunctions } from './test-functions.ts'

/** Adds the test jobs to the product's stack: the module that `extraJobs` names. */
export default function addTestJobs(stack: StanddownStack): void {
  const functions = testFunctions(stack)
  addLabJobs(stack, stack.control, functions)
  addExternalJobs(stack, stack.control, functions)
  addBenchJobs(stack, stack.control, functions)
  addPlanned(stack)
}
