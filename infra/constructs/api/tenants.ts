/** Role ARN, or the beginning of role ARNs and a `*`, to the tenant whose jobs its sessions may see and change. */
export type Tenants = Record<string, string>

const TENANT = /^[A-Za-z0-9_-]{1,64}$/
const PRINCIPAL = /^arn:[a-z0-9-]+:iam::/

/** A Lambda function has 4,096 bytes for all of its environment. */
const MAX_BYTES = 2_500

/** What the functions of the API are told of their callers' tenants. @throws Error for what could bind nobody */
export function tenantsEnvironment(tenants: Tenants | undefined): Record<string, string> {
  if (!tenants) return {}
  for (const [arn, tenant] of Object.entries(tenants)) refuse(arn, tenant)
  const text = JSON.stringify(tenants)
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new Error(
      `the tenants take ${Buffer.byteLength(text)} bytes, ${MAX_BYTES} are free in a function's environment: name roles by a common beginning and *`,
    )
  }
  return { TENANTS: text }
}

function refuse(arn: string, tenant: string): void {
  if (!TENANT.test(tenant)) {
    throw new Error(`the tenant ${tenant} of ${arn} is not of 1 to 64 characters of A-Z a-z 0-9 _ -`)
  }
  if (!PRINCIPAL.test(arn)) {
    throw new Error(
      `${arn} is no ARN of a role or user: a tenant is bound by arn:aws:iam::<account>:role/<name>`,
    )
  }
  if (arn.slice(0, -1).includes('*')) throw new Error(`${arn} has a * that is not at its end`)
  // The ARN of a session has no path, so such a beginning would match nobody.
  if (arn.endsWith('*') && /:role\/.*\//.test(arn)) {
    throw new Error(`${arn} has a path, which the sessions of a role do not carry: leave it out`)
  }
}
