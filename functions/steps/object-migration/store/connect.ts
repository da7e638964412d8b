import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { MigrationLocation } from '#core/templates/object-migration.ts'

export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

const clients = new Map<string, Promise<S3Client>>()

/** The client of a location; one per store and credentials, so that connections are kept. */
export function connect(location: MigrationLocation, endpoint: string | undefined): Promise<S3Client> {
  const key = JSON.stringify([endpoint, location.region, location.credentials_secret])
  const known = clients.get(key)
  if (known) return known
  const made = create(location, endpoint)
  clients.set(key, made)
  // a secret that could not be read once must not stay unreadable for the life of this environment
  made.catch(() => clients.delete(key))
  return made
}

async function create(location: MigrationLocation, endpoint: string | undefined): Promise<S3Client> {
  const { credentials_secret: secret } = location
  return new S3Client(clientConfig(location, endpoint, secret ? await readCredentials(secret) : undefined))
}

/** `WHEN_REQUIRED`: other stores refuse checksums they do not know; what we send carries its MD5. */
export function clientConfig(
  { region }: MigrationLocation,
  endpoint: string | undefined,
  credentials?: Credentials,
): S3ClientConfig {
  return {
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 5,
    requestHandler: {
      connectionTimeout: 5_000,
      socketTimeout: 300_000,
      httpAgent: { keepAlive: true, maxSockets: 256 },
      httpsAgent: { keepAlive: true, maxSockets: 256 },
    },
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(region ? { region } : {}),
    ...(credentials ? { credentials } : {}),
  }
}

async function readCredentials(secret: string): Promise<Credentials> {
  const client = new SecretsManagerClient({})
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secret }))
  return parseCredentials(secret, SecretString)
}

export function parseCredentials(secret: string, text: string | undefined): Credentials {
  const { access_key_id, secret_access_key, session_token } = parse(text)
  if (typeof access_key_id !== 'string' || typeof secret_access_key !== 'string') {
    // the text itself must not reach a log
    throw new Error(
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
