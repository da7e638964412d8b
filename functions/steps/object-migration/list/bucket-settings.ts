import {
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3'
import type { Migration, Store } from '../store/migration.ts'
import { send } from '../store/send.ts'
import { StoreError } from '../store/store-error.ts'
import type { NotKept } from './not-kept.ts'

/** Null where there is nothing of it in the bucket. */
type Finding = Pick<NotKept, 'known' | 'why'> | null

/** A store that hangs at what it does not know costs the listing no more. */
const MOST_MS = 20_000
const MAX_WHY = 300

/**
 * What the source's bucket as a whole may have that no copy has. One call each; where the store does not have it, or not
 * for this caller, that is told as not known, and fails nothing.
 */
export async function toldByBucket(migration: Migration, signal: AbortSignal): Promise<NotKept[]> {
  const { source } = migration
  const looks = {
    versions: () => versions(source, signal),
    'object-lock': () => objectLock(source, signal),
    acls: () => accessLists(source, signal),
    encryption: () => encryption(migration, signal),
  }
  const found = await Promise.all(
    Object.entries(looks).map(async ([name, look]) => {
      const finding = await look().catch(notKnown)
      if (finding === null) return []
      const why = finding.why.slice(0, MAX_WHY)
      return [{ what: name as NotKept['what'], known: finding.known, bucket: source.bucket, why }]
    }),
  )
  signal.throwIfAborted()
  return found.flat()
}

const notKnown = (error: unknown): Finding => ({
  known: false,
  why: `not known: ${(error as Error).message}`,
})

/** What answers a question that it does not know as it answers another says nothing. */
const silent = (call: string): Finding => ({
  known: false,
  why: `not known: what the store answered to ${call} says nothing of it`,
})

const within = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)])

/** Null where the store says that nothing is set. */
async function unlessNotFound<Answer>(call: Promise<Answer>, name: string): Promise<Answer | null> {
  try {
    return await call
  } catch (error) {
    if (error instanceof StoreError && error.name === name) return null
    throw error
  }
}

async function versions({ client, bucket }: Store, signal: AbortSignal): Promise<Finding> {
  const { Status } = await send(client, new GetBucketVersioningCommand({ Bucket: bucket }), within(signal))
  if (!Status) return null
  return { known: true, why: `versioning is ${Status}: older versions and delete markers do not move` }
}

async function objectLock({ client, bucket }: Store, signal: AbortSignal): Promise<Finding> {
  const command = new GetObjectLockConfigurationCommand({ Bucket: bucket })
  const call = send(client, command, within(signal))
  const answer = await unlessNotFound(call, 'ObjectLockConfigurationNotFoundError')
  if (answer === null) return null
  if (answer.ObjectLockConfiguration?.ObjectLockEnabled !== 'Enabled')
    return silent('GetObjectLockConfiguration')
  return { known: true, why: 'Object Lock is enabled: retention and legal holds do not move' }
}

async function accessLists({ client, bucket }: Store, signal: AbortSignal): Promise<Finding> {
  const command = new GetBucketOwnershipControlsCommand({ Bucket: bucket })
  const call = send(client, command, within(signal))
  const answer = await unlessNotFound(call, 'OwnershipControlsNotFoundError')
  const [rule] =
    answer === null ? [{ ObjectOwnership: 'ObjectWriter' }] : (answer.OwnershipControls?.Rules ?? [])
  if (!rule?.ObjectOwnership) return silent('GetBucketOwnershipControls')
  if (rule.ObjectOwnership === 'BucketOwnerEnforced') return null
  const why = `objects may have access lists and owners of their own (${rule.ObjectOwnership}): these do not move`
  return { known: true, why }
}

/** By default; that of a single object shows in no listing. */
async function encryption({ source, destination }: Migration, signal: AbortSignal): Promise<Finding> {
  const from = await defaultEncryption(source, signal)
  if (from === undefined) return silent('GetBucketEncryption')
  if (!from.startsWith('aws:')) return null
  const to = await defaultEncryption(destination, signal)
  if (to === from) return null
  const known = to !== undefined
  return { known, why: `the source encrypts by ${from}, the destination by ${to ?? 'something not known'}` }
}

/** Empty where there is none; undefined where what answered says nothing of it. */
async function defaultEncryption(
  { client, bucket }: Store,
  signal: AbortSignal,
): Promise<string | undefined> {
  const call = send(client, new GetBucketEncryptionCommand({ Bucket: bucket }), within(signal))
  const answer = await unlessNotFound(call, 'ServerSideEncryptionConfigurationNotFoundError')
  if (answer === null) return ''
  const [rule] = answer.ServerSideEncryptionConfiguration?.Rules ?? []
  return rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm
}
