import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { isLocalEndpoint, normalEndpoint } from '../endpoints.ts'
import type { MigrationLocation } from '../template.ts'
import { type Credentials, type Provider, readCredentials } from './credentials.ts'
import { remoteLookup } from './remote-lookup.ts'
import { settings } from './settings.ts'

const clients = new Map<string, S3Client>()

/** The client of a location. Locations of one endpoint, region and secret share it, and so its connections. */
export function connect(location: MigrationLocation, endpoint: string | undefined): S3Client {
  const key = JSON.stringify([endpoint, location.region, location.credentials_secret])
  const client = clients.get(key) ?? new S3Client(clientConfig(location, endpoint, identityFor(location)))
  clients.set(key, client)
  return client
}

/** By whom a store is asked: the holder of these credentials, the Lambda's own role, or nobody by name. */
export type Identity = Credentials | Provider | 'own-role' | 'anonymous'

/**
 * The Lambda's own role signs only for Amazon S3, or for what stands for it where AWS runs on one computer. What
 * another store is sent would otherwise be a request that it could hand on.
 */
export function identityFor({ endpoint, credentials_secret: secret }: MigrationLocation): Identity {
  if (secret) return () => readCredentials(secret)
  const place = normalEndpoint(endpoint)
  return place === '' || place === normalEndpoint(settings.s3Endpoint()) ? 'own-role' : 'anonymous'
}

const nothing = (): void => undefined
/** The SDK warns on the console of each stream that it cannot repeat: the steps repeat those themselves. */
const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing }

/**
 * Checksums are sent only `WHEN_REQUIRED`, because other stores refuse those that they do not know. Each object
 * and part that is sent carries its MD5 instead.
 */
export function clientConfig(
  { region }: MigrationLocation,
  endpoint: string | undefined,
  identity: Identity = 'own-role',
): S3ClientConfig {
  const agent = { keepAlive: true, maxSockets: 256, ...lookupFor(settings.s3Endpoint()) }
  return {
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 5,
    logger: SILENT,
    requestHandler: {
      connectionTimeout: 3_000,
      // `send` gives each call its own time, also for the bytes of a body
      socketTimeout: 10 * 60_000,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    // a bucket of another region answers 301 and names its region
    followRegionRedirects: true,
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(region ? { region } : {}),
    ...signingBy(identity),
  }
}

/** On AWS no store is on the machine itself. */
const lookupFor = (ownEndpoint: string | undefined) =>
  ownEndpoint !== undefined && isLocalEndpoint(ownEndpoint) ? {} : { lookup: remoteLookup }

function signingBy(identity: Identity): Pick<S3ClientConfig, 'credentials' | 'signer'> {
  if (identity === 'own-role') return {}
  if (identity !== 'anonymous') return { credentials: identity }
  return {
    credentials: { accessKeyId: '', secretAccessKey: '' },
    signer: { sign: async (request) => request },
  }
}
