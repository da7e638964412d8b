import { createHash } from 'node:crypto'
import type { Principal } from '../principal.ts'
import { NO_TOKEN, type Refused, type TokenCheck } from './token-check.ts'

type KeystoneToken = {
  expires_at?: string
  user?: { id?: string; name?: string }
  project?: { id?: string }
  roles?: { name?: string }[]
}
type Known = { answer: Principal; until: number }

/** A revoked token is known for one for so long at most. */
const KEEP_MS = 5 * 60_000
const MAX_KNOWN = 1_000
const ANSWER_MS = 5_000

/**
 * Asks Keystone about a token, in the token's own name, so that no account of ours is needed there. What Keystone says
 * yes to is remembered for five minutes, and never longer than the token lives.
 *
 * @see https://docs.openstack.org/api-ref/identity/v3/#validate-and-show-information-for-token
 */
export function keystone(url: string, now: () => number = Date.now): TokenCheck {
  const known = new Map<string, Known>()
  return async (token) => {
    if (!token) return NO_TOKEN
    const key = createHash('sha256').update(token).digest('base64')
    const found = known.get(key)
    if (found && found.until > now()) return found.answer
    known.delete(key)
    const { answer, expires } = await ask(url, token)
    if ('refused' in answer) return answer
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(key, { answer, until: Math.min(expires, now() + KEEP_MS) })
    return answer
  }
}

/** @throws Error where Keystone does not answer, or not as Keystone does: nobody is refused for that */
async function ask(url: string, token: string): Promise<{ answer: Principal | Refused; expires: number }> {
  const response = await fetch(`${url.replace(/\/(v3\/?)?$/, '')}/v3/auth/tokens`, {
    headers: { 'x-auth-token': token, 'x-subject-token': token, accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  if ([401, 403, 404].includes(response.status)) {
    await response.body?.cancel()
    return { answer: { refused: `Keystone answered ${response.status}` }, expires: 0 }
  }
  if (response.status !== 200) throw new Error(`Keystone at ${url} answered ${response.status}`)
  const { token: body = {} } = (await response.json()) as { token?: KeystoneToken }
  return { answer: principalIn(body), expires: Date.parse(body.expires_at ?? '') || 0 }
}

function principalIn({ user, project, roles = [] }: KeystoneToken): Principal | Refused {
  if (!user?.id) return { refused: 'Keystone named no user' }
  if (!project?.id) return { refused: 'the token is of no project: ask Keystone for one with a project' }
  return {
    user: user.name ?? user.id,
    project: project.id,
    roles: roles.flatMap(({ name }) => name ?? []),
  }
}
