import { type HostRules, hostRules } from '../reach/hosts.ts'

/** The only reader of `process.env` in this template: what the stack sets for its functions. */
export const settings = {
  hosts: (): HostRules => hostRules({ hosts: process.env.ALLOWED_HOSTS, aws: process.env.AWS_ENDPOINT_URL }),
}
