import { createHash, timingSafeEqual } from 'node:crypto'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as z from 'zod'
import type { Principal } from '../principal.ts'
import { NO_TOKEN, type TokenCheck } from './token-check.ts'

const tokens = z.array(
  z.strictObject({
    token: z.string().min(16).max(4096),
    user: z.string().min(1).max(255),
    project: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    roles: z.array(z.string().regex(/^[^,]+$/)).default(['member']),
  }),
)

/** A token that was taken out of the secret is known for one for so long at most. */
const KEEP_MS = 60_000

type Entry = { digest: Buffer; principal: Principal }

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Tokens for those without a Keystone: the secret is JSON, `[{token, user, project, roles?}]`. */
export function secretTokens(secret: string, client = new SecretsManagerClient({})): TokenCheck {
  let kept: { entries: Entry[]; until: number } | undefined

  async function read(): Promise<Entry[]> {
    if (kept && kept.until > Date.now()) return kept.entries
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secret }))
    const entries = entriesIn(secret, SecretString)
    kept = { entries, until: Date.now() + KEEP_MS }
    return entries
  }

  return async (token) => {
    if (!token) return NO_TOKEN
    const digest = digestOf(token)
    const found = (await read()).find((entry) => timingSafeEqual(entry.digest, digest))
    return found?.principal ?? { refused: 'the token is not in the secret' }
  }
}

/** The text itself must not reach a log. */
function entriesIn(secret: string, text: string): Entry[] {
  try {
    return tokens
      .parse(JSON.parse(text))
      .map(({ token, ...principal }) => ({ digest: digestOf(token), principal }))
  } catch {
    throw new Error(`the secret ${secret} is not JSON of the form [{token, user, project, roles?}]: mend it`)
  }
}
