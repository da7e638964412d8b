import type { S3Client } from '@aws-sdk/client-s3'
import type { BatchObject } from '../batch/batch.ts'
import { ObjectError } from '../store/faults.ts'
import { findObject } from '../store/find-object.ts'
import { ifMatch } from '../store/keys.ts'
import { StoreError } from '../store/store-error.ts'
import type { BatchRun } from './batch-run.ts'

export type ConditionalCopy<Result> = {
  /** Copies within the store, under the condition where one is given. */
  copy(copySourceIfMatch: string | undefined): Promise<Result>
  /** Takes back what was copied of another version. */
  undo?(result: Result): Promise<void>
}

/** Stores that refuse every condition on the ETag of an object that was uploaded in parts. */
const refusing = new WeakSet<S3Client>()

/**
 * Copies an object within its store if it is still the listed one. Some stores never hold the condition for an ETag
 * that was put together of parts: so before the object is called changed it is looked at, and where it is the same
 * it is copied without the condition, and looked at again.
 */
export async function ifUnchanged<Result>(
  run: BatchRun,
  object: BatchObject,
  { copy, undo }: ConditionalCopy<Result>,
): Promise<Result> {
  const { etag } = object.listed
  const { client } = run.migration.source
  if (!etag.includes('-') || !refusing.has(client)) {
    try {
      return await copy(ifMatch(etag))
    } catch (error) {
      if (!(error instanceof StoreError) || error.status !== 412) throw error
      if (!(await isUnchanged(run, object))) throw error
      if (etag.includes('-')) refusing.add(client)
    }
  }
  const result = await copy(undefined)
  if (await isUnchanged(run, object)) return result
  await undo?.(result)
  throw new ObjectError('changed', 'it was written at the source while it was copied')
}

async function isUnchanged({ migration, tools }: BatchRun, { listed }: BatchObject): Promise<boolean> {
  const found = await findObject(migration.source, listed.key, tools.signal)
  return found?.etag === listed.etag && found.size === listed.size
}
