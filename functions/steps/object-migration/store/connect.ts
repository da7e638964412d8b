import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { MigrationLocation } from '../template.ts'

export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
type Provider = () => Promise<Credentials & { expiration?: Date }>

/** After this time the SDK reads the secret again, so that a rotated one reaches a warm environment too. */
const SECRET_HOLDS_MS = 15 * 60_000

const clients = new Map<string, S3Client>()

/** The client of a location. Locations of one endpoint, region and secret share it, and so its connections. */
export function connect(location: MigrationLocation, endpoint: string | undefined): S3Client {
  const { region, credentials_secret: secret } = location
  const key = JSON.stringify([endpoint, region, secret])
  const credentials = secret ? () => readCredentials(secret) : undefined
  const client = clients.get(key) ?? new S3Client(clientConfig(location, endpoint, credentials))
  clients.set(key, client)
  return client
}

/**
 * Checksums are sent only `WHEN_REQUIRED`, because other stores refuse those that they do not know. Each object
 * and part that is sent carries its MD5 instead.
 */
export function clientConfig(
  { region }: MigrationLocation,
  endpoint: string | undefined,
  credentials?: Credentials | Provider,
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
    // a bucket of another region answers 301 and names its region
    followRegionRedirects: true,
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(region ? { region } : {}),
    ...(credentials ? { credentials } : {}),
  }
}

async function readCredentials(secret: string): ReturnType<Provider> {
  const client = new SecretsManagerClient({})
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secret }))
  return { ...parseCredentials(secret, SecretString), expiration: new Date(Date.now() + SECRET_HOLDS_MS) }
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
