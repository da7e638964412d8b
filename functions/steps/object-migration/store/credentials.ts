import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'

export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
export type Provider = () => Promise<Credentials & { expiration?: Date }>

/** After this time the SDK reads the secret again, so that a rotated one reaches a warm environment too. */
const SECRET_HOLDS_MS = 15 * 60_000

const TIME_LIMITS = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true }

/** What the functions' role may read, see `infra/jobs/migration-access.ts`. */
const NEEDS = 'its name must be below standdown/, and it must have the tag standdown = object-migration'

/** A secret cannot be read, or is not in the form that is documented. `cause` is what Secrets Manager said. */
export class SecretError extends Error {
  override readonly name = 'SecretError'
}

export async function readCredentials(secret: string): ReturnType<Provider> {
  const text = await readSecret(secret)
  return { ...parseCredentials(secret, text), expiration: new Date(Date.now() + SECRET_HOLDS_MS) }
}

async function readSecret(secret: string): Promise<string | undefined> {
  const client = new SecretsManagerClient({ requestHandler: TIME_LIMITS })
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secret }))
    return SecretString
  } catch (error) {
    const { name, message } = error as Error
    const hint = name === 'AccessDeniedException' ? `: ${NEEDS}` : ''
    throw new SecretError(`the secret ${secret} could not be read (${name}: ${message})${hint}`, {
      cause: error,
    })
  } finally {
    client.destroy()
  }
}

export function parseCredentials(secret: string, text: string | undefined): Credentials {
  const { access_key_id, secret_access_key, session_token } = parse(text)
  if (typeof access_key_id !== 'string' || typeof secret_access_key !== 'string') {
    // the text itself must not reach a log
    throw new SecretError(
      `the secret ${secret} is not JSON with access_key_id and secret_access_key: store it in that form`,
    )
  }
  const token = typeof session_token === 'string' ? { sessionToken: session_token } : {}
  return { accessKeyId: access_key_id, secretAccessKey: secret_access_key, ...token }
}

function parse(text: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(text ?? '{}') ?? {}
  } catch {
    return {}
  }
}
