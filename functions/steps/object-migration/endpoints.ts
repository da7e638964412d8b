import { BlockList, isIP } from 'node:net'

const REGION = '[a-z]{2}(-[a-z]+){1,3}-\\d+'
/** S3's own hosts: regional, dual-stack, FIPS and accelerated ones, and those of interface VPC endpoints. */
const S3_HOST = new RegExp(
  `^s3(-fips|-accelerate|-${REGION})?(\\.dualstack)?(\\.${REGION})?\\.amazonaws\\.com(\\.cn)?$`,
)
const S3_VPC_HOST = new RegExp(
  `^(bucket|accesspoint)\\.vpce-[a-z0-9-]+\\.s3\\.${REGION}\\.vpce\\.amazonaws\\.com(\\.cn)?$`,
)

/**
 * Whether an endpoint is Amazon S3's. Others below `amazonaws.com` (load balancers, instances, APIs) are run by
 * anybody, and so are those without TLS.
 */
export function isAmazonEndpoint(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint)
  return protocol === 'https:' && (S3_HOST.test(hostname) || S3_VPC_HOST.test(hostname))
}

/** One spelling of an endpoint; empty for Amazon S3, whose bucket names are unique whatever the host. */
export function normalEndpoint(endpoint: string | undefined): string {
  if (endpoint === undefined || isAmazonEndpoint(endpoint)) return ''
  const { origin, pathname } = new URL(endpoint)
  return origin + pathname.replace(/\/+$/, '')
}

/** Loopback, "this" network, and link-local, where instances and functions find credentials. */
const LOCAL = new BlockList()
LOCAL.addSubnet('0.0.0.0', 8)
LOCAL.addSubnet('127.0.0.0', 8)
LOCAL.addSubnet('169.254.0.0', 16)
LOCAL.addAddress('::', 'ipv6')
LOCAL.addAddress('::1', 'ipv6')
LOCAL.addSubnet('fe80::', 10, 'ipv6')
LOCAL.addAddress('fd00:ec2::254', 'ipv6')
LOCAL.addAddress('fd00:ec2::23', 'ipv6')

/** IPv4 addresses within IPv6 ones count as what they are. */
export const isLocalAddress = (address: string): boolean =>
  LOCAL.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Whether an endpoint names the machine that it is used on, or a metadata service. */
export function isLocalEndpoint(endpoint: string): boolean {
  const host = new URL(endpoint).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  return isIP(host) ? isLocalAddress(host) : host === 'localhost' || host.endsWith('.localhost')
}
