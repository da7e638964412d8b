import { type HostRules, hostRules } from '../reach/hosts.ts'
import { type FunctionRules, functionRules } from './allowed-functions.ts'

/** The only reader of `process.env` in this template: what the stack sets for its function. */
export const settings = {
  functions: (): FunctionRules => functionRules(process.env.ALLOWED_FUNCTIONS, process.env.OWN_FUNCTIONS),
  /** The function that starts jobs for actions. */
  childJobs: (): string => process.env.CHILD_JOBS ?? '',
  hosts: (): HostRules => hostRules({ hosts: process.env.ALLOWED_HOSTS, aws: process.env.AWS_ENDPOINT_URL }),
}
