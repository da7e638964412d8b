import { CreateMultipartUploadCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import type { BatchObject } from '../batch/batch.ts'
import { ifMatch } from '../store/keys.ts'
import { send } from '../store/send.ts'
import { type BatchRun, type LiveUpload, safePoint } from './batch-run.ts'
import { keptHeaders } from './headers.ts'
import type { Opening } from './openings.ts'
import { tagsToCopy } from './tags.ts'
import { openUploads } from './uploads.ts'
import { withHeaders } from './with-headers.ts'
import { write } from './write.ts'

/** Opens an upload for an object, with its headers and tags. */
export async function beginUpload(
  run: BatchRun,
  object: BatchObject,
  signal: AbortSignal,
): Promise<LiveUpload> {
  const { source, destination } = run.migration
  const { key, etag } = object.listed
  const head = new HeadObjectCommand({ Bucket: source.bucket, Key: key, IfMatch: ifMatch(etag) })
  const found = await send(source.client, head, signal)
  const headers = keptHeaders(found, destination)
  const tags = await tagsToCopy(source, { key, count: found.TagCount }, signal)
  await safePoint(run)
  const at = { Bucket: destination.bucket, Key: object.target }
  const create = withHeaders(new CreateMultipartUploadCommand({ ...at, Tagging: tags }), headers)
  const id = await open(run, { object, create }, signal)
  const upload: LiveUpload = { id, parts: new Map() }
  run.uploads.set(object.i, upload)
  await safePoint(run)
  return upload
}

type Begun = { object: BatchObject; create: CreateMultipartUploadCommand }

/** The call's intent is on record before it is sent, and its answer before anything is done with the upload. */
async function open(run: BatchRun, { object, create }: Begun, signal: AbortSignal): Promise<string> {
  const { openings } = run
  const { destination } = run.migration
  const opening = await intended(run, object, signal)
  await openings.put({ ...opening, lost: opening.lost + 1 })
  const tries = { unanswered: 0 }
  try {
    const { UploadId } = await write(destination.client, create, { signal, tries })
    const told = { ...opening, id: UploadId!, lost: opening.lost + tries.unanswered, until: Date.now() }
    await openings.put(told)
    if (tries.unanswered > 0) await recordInitiator(run, { object, opening: told }, signal)
    return UploadId!
  } catch (error) {
    await openings.put({ ...opening, lost: opening.lost + tries.unanswered, until: Date.now() })
    openings.ended(object.i)
    throw error
  }
}

/** A call of before, whose answer was lost, goes on counting from when it was sent. */
async function intended(
  { openings, migration }: BatchRun,
  { i, target }: BatchObject,
  signal: AbortSignal,
): Promise<Opening> {
  const earlier = openings.open.get(i)
  if (earlier && earlier.lost > 0) return { ...earlier, id: null, until: null }
  const open = await openUploads(migration.destination, target, signal)
  const before = open?.map(({ id }) => id) ?? null
  return { i, at: Date.now(), until: null, before, id: null, lost: 0, initiator: null }
}

/** The store lists the upload that it told: so it is seen how it lists those of this job. */
async function recordInitiator(
  run: BatchRun,
  { object, opening }: { object: BatchObject; opening: Opening },
  signal: AbortSignal,
): Promise<void> {
  const open = await openUploads(run.migration.destination, object.target, signal)
  const initiator = open?.find(({ id }) => id === opening.id)?.initiator ?? null
  await run.openings.put({ ...opening, initiator })
}
