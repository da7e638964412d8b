import { once } from '#aws/clients.ts'
import { env } from '#aws/env.ts'
import { logger } from '../../middleware/telemetry.ts'
import { keystone } from './tokens/keystone.ts'
import { localTokens } from './tokens/local-tokens.ts'
import { secretTokens } from './tokens/secret-tokens.ts'
import type { TokenCheck } from './tokens/token-check.ts'

type AuthorizerEvent = { headers?: Record<string, string | undefined> }

/** API Gateway's simple answer of a Lambda authorizer; its context reaches the door's function. */
type AuthorizerAnswer = { isAuthorized: boolean; context?: { user: string; project: string; roles: string } }

const check = once((): TokenCheck => {
  const auth = env.openStackAuth()
  if ('keystone_url' in auth) return keystone(auth.keystone_url)
  return 'tokens_secret' in auth ? secretTokens(auth.tokens_secret) : localTokens()
})

/**
 * Says whose token it is, and nothing about what that person may do: the door does. The gateway keeps no answer, since
 * one for a GET would then serve a PUT.
 */
export async function handler({ headers = {} }: AuthorizerEvent): Promise<AuthorizerAnswer> {
  const found = await check()(headers['x-auth-token'])
  if ('refused' in found) {
    logger.info('a token was refused', { reason: found.refused })
    return { isAuthorized: false }
  }
  const { user, project, roles } = found
  return { isAuthorized: true, context: { user, project, roles: roles.join(',') } }
}
