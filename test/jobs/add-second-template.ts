import type { StanddownStack } from '#infra/stack.ts'
import { Report } from './second-template/report.ts'

/** Adds the template to the product's stack: the module that `extraJobs` names. */
export default (stack: StanddownStack): void => {
  new Report(stack, 'Report', { control: stack.control })
}
