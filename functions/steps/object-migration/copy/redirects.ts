import { GetBucketWebsiteCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import type { ListedObject } from '../batch/batch.ts'
import { isLacking } from '../store/faults.ts'
import type { Migration, Store } from '../store/migration.ts'
import { send } from '../store/send.ts'
import { StoreError } from '../store/store-error.ts'

/**
 * Where an object redirects to: a copy within a store has everything but that. Objects that are nothing but a redirect
 * are empty. Asking for each of the others would double the calls, and without a website a redirect has no effect: so
 * they are asked where the bucket serves one, or nobody may know, or nothing may be lost (`refuse_loss`).
 */
export async function redirectOf(
  migration: Migration,
  { key, size }: ListedObject,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { client, bucket } = migration.source
  if (size > 0 && !(await mayRedirect(migration, signal))) return undefined
  const found = await send(client, new HeadObjectCommand({ Bucket: bucket, Key: key }), signal)
  return found.WebsiteRedirectLocation
}

/** Asked once in an attempt. */
const websites = new WeakMap<Migration, Promise<boolean>>()

function mayRedirect(migration: Migration, signal: AbortSignal): Promise<boolean> {
  const known = websites.get(migration) ?? mayServeWebsite(migration, signal)
  websites.set(migration, known)
  return known
}

async function mayServeWebsite({ source, options }: Migration, signal: AbortSignal): Promise<boolean> {
  return options.refuseLoss || (await isWebsite(source, signal))
}

/** A store that hangs at what it does not know costs the copy no more. */
const MOST_MS = 20_000

async function isWebsite({ client, bucket }: Store, signal: AbortSignal): Promise<boolean> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)])
  try {
    await send(client, new GetBucketWebsiteCommand({ Bucket: bucket }), within)
    return true
  } catch (error) {
    const isNone = error instanceof StoreError && error.name === 'NoSuchWebsiteConfiguration'
    return !isNone && !isLacking(error)
  }
}
