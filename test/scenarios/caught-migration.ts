import type { S3Client } from '@aws-sdk/client-s3'
import { expect, type TestContext } from 'vitest'
import { type GatedStore, startGatedStore } from './gated-store.ts'
import {
  brokenIn,
  DESTINATION,
  fillSource,
  keysIn,
  type Migrated,
  makeBuckets,
  migrationInput,
  openUploads,
  SMALL_KEYS,
  SOURCE,
} from './migration-data.ts'
import type { Deployment } from './open-deployment.ts'

export type CaughtMigration = AsyncDisposable & { id: string; data: Migrated; store: GatedStore }

/** A migration in the middle of a multipart copy: it stays there until it is aborted. */
export async function catchMigration({ api, s3, awsUrl }: Deployment): Promise<CaughtMigration> {
  await makeBuckets(s3)
  const data = await fillSource(s3)
  const store = await startGatedStore(awsUrl)
  const id = await api.start('object-migration', migrationInput(data, {}, store.url))
  await store.held
  expect(await openUploads(s3, data.prefix)).toEqual(['y/large'])
  return { id, data, store, [Symbol.asyncDispose]: store[Symbol.asyncDispose] }
}

/** Skips the test where the functions of the deployment could not reach a store on this machine. */
export function needsStoreOnThisMachine(context: TestContext, { awsUrl }: Deployment): void {
  const { hostname } = new URL(awsUrl)
  const here = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
  context.skip(!here, `the functions at ${hostname} cannot reach a store on this machine`)
}

/** What an abort in mid-copy leaves: the objects copied before, whole, no open upload, and the source as it was. */
export async function expectNothingHalfDone(s3: S3Client, { prefix, keys }: Migrated): Promise<void> {
  expect(await openUploads(s3, prefix)).toEqual([])
  expect(await keysIn(s3, DESTINATION, prefix)).toEqual(SMALL_KEYS)
  expect(await brokenIn(s3, DESTINATION, prefix)).toEqual([])
  expect(await keysIn(s3, SOURCE, prefix)).toEqual(keys)
  expect(await brokenIn(s3, SOURCE, prefix)).toEqual([])
}
