import { BlockList, isIP, isIPv6 } from 'node:net'

/** Addresses that no request from inside AWS may reach: this very machine, and the services that hand out its role. */
const NEVER = new BlockList()
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
] as const) {
  NEVER.addSubnet(address, bits, 'ipv4')
}
NEVER.addAddress('::', 'ipv6')
NEVER.addAddress('::1', 'ipv6')
NEVER.addSubnet('fe80::', 10, 'ipv6')
NEVER.addAddress('fd00:ec2::254', 'ipv6')

/** Loopback, link-local and metadata addresses, also as IPv4 within IPv6. */
export const isForbiddenAddress = (address: string): boolean =>
  NEVER.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

/** The host is none that the stack lets its jobs reach. */
export class HostRefused extends Error {
  override readonly name = 'HostRefused'
}

/** Which hosts jobs may reach: names, or patterns in which `*` is one or more labels; any where it is null. */
export type HostRules = { allowed: string[] | null; loopback: boolean }

/**
 * What the stack allows, as its functions' environment says it, comma-separated. Loopback is there to be reached only
 * where AWS itself is this machine.
 */
export function hostRules({ hosts, aws }: { hosts: string | undefined; aws: string | undefined }): HostRules {
  const loopback = /^(127(\.\d+){3}|localhost|\[::1\])$/.test(URL.parse(aws ?? '')?.hostname ?? '')
  return { allowed: loopback && !hosts ? null : (hosts ?? '').split(',').filter(Boolean), loopback }
}

/** @throws HostRefused */
export function refuseHost(hostname: string, rules: HostRules): void {
  const why = whyNotReached(hostname, rules)
  if (why !== null) throw new HostRefused(why)
}

/** Null where it may be reached, as far as its name says. */
export function whyNotReached(hostname: string, { allowed, loopback }: HostRules): string | null {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (!loopback && isIP(host) !== 0 && isForbiddenAddress(host)) {
    return `${host} is an address of the machine itself: no job may reach it`
  }
  if (allowed === null || allowed.some((pattern) => covers(pattern.toLowerCase(), host))) return null
  return `${host} is no host that jobs may reach: whoever runs this stack allows hosts (${allowed.join(', ') || 'none so far'})`
}

function covers(pattern: string, host: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[^\w-]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]+')}$`).test(host)
}
