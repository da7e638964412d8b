/** Callers are bound to tenants here, and this one is bound to none. */
export class CallerUnboundError extends Error {
  override readonly name = 'CallerUnboundError'
}

const SESSION = /^arn:([^:]+):sts::(\d*):assumed-role\/([^/]+)\/.+$/
const ROLE_WITH_PATH = /^(arn:[^:]+:iam::\d*:role)\/.+\/([^/]+)$/

/**
 * Who somebody is, whatever the session: of an assumed role the role itself, by its name alone, because the ARN of a
 * session does not carry the role's path. Any other principal is itself.
 */
export const identityOf = (caller: string): string =>
  caller.replace(SESSION, 'arn:$1:iam::$2:role/$3').replace(ROLE_WITH_PATH, '$1/$2')

/** ARN of a role, or the beginning of ARNs and a `*`, to tenant; null where callers are not bound. */
export type TenantMap = Record<string, string> | null

/** The tenant that the caller is bound to; undefined where callers are not bound. @throws CallerUnboundError */
export function tenantOf(caller: string, tenants: TenantMap): string | undefined {
  if (tenants === null) return undefined
  const identity = identityOf(caller)
  const [best] = Object.entries(tenants)
    .filter(([arn]) => covers(arn, identity))
    .sort(([a], [b]) => precedence(b) - precedence(a))
  if (!best) throw new CallerUnboundError('the caller is bound to no tenant: ask whoever runs this API')
  return best[1]
}

const covers = (arn: string, identity: string): boolean =>
  arn.endsWith('*') ? identity.startsWith(arn.slice(0, -1)) : identityOf(arn) === identity

/** A whole ARN goes first, then the longest beginning. */
const precedence = (arn: string): number => (arn.endsWith('*') ? arn.length : Number.POSITIVE_INFINITY)
