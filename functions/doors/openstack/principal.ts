import { ForbiddenError } from '#core/errors.ts'
import type { HttpEvent } from '../../middleware/http-door.ts'

/** Who calls, as Keystone, or the secret of static tokens, says. */
export type Principal = { user: string; project: string; roles: string[] }

type LambdaContext = { authorizer?: { lambda?: Record<string, unknown> } }

/** What the authorizer found out; API Gateway lets nobody through without it. */
export function principalOf({ requestContext }: HttpEvent): Principal {
  const { user, project, roles } = (requestContext as LambdaContext).authorizer?.lambda ?? {}
  if (typeof user !== 'string' || typeof project !== 'string') {
    throw new Error('the request came without what its authorizer found out')
  }
  return { user, project, roles: typeof roles === 'string' ? roles.split(',').filter(Boolean) : [] }
}

/** OpenStack's own default roles: each of these may change what is its project's, a `reader` only reads. */
const MAY_CHANGE = ['admin', 'manager', 'member', 'service']

/** @throws ForbiddenError */
export function admit(event: HttpEvent): void {
  const { roles, user, project } = principalOf(event)
  if (event.requestContext.http.method === 'GET' || roles.some((role) => MAY_CHANGE.includes(role))) return
  throw new ForbiddenError(
    `the roles of ${user} in project ${project} (${roles.join(', ') || 'none'}) allow no change: one of ${MAY_CHANGE.join(', ')} does`,
  )
}
