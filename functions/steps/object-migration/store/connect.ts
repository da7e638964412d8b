import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import type { MigrationLocation } from '../template.ts'
import { type Credentials, type Provider, readCredentials } from './credentials.ts'

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
      connectionTimeout: 3_000,
      // `send` gives each call its own time; this one only ends a body that stops in the middle
      socketTimeout: 10 * 60_000,
      throwOnRequestTimeout: true,
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
