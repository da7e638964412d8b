import type { HostRules } from '../reach/hosts.ts'

/** The only reader of `process.env` in this template: what the stack sets for its functions. */
export const settings = {
  /** Loopback is there to be reached only where AWS itself is this machine. */
  hosts(): HostRules {
    const { ALLOWED_HOSTS: hosts, AWS_ENDPOINT_URL: aws } = process.env
    const loopback = /^(127(\.\d+){3}|localhost|\[::1\])$/.test(URL.parse(aws ?? '')?.hostname ?? '')
    return { allowed: loopback && !hosts ? null : (hosts ?? '').split(',').filter(Boolean), loopback }
  },
}
