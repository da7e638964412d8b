import { setTimeout as pause } from 'node:timers/promises'
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { MARKS_BUCKET, plannedMark, plannedStop } from '../marks-bucket.ts'

const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL
const client = new S3Client({ ...(endpoint ? { endpoint, forcePathStyle: true } : {}) })

type Planned = {
  /** Works until it is told to stop. */
  hold?: boolean
  /** Succeeds all the same once it is told to stop. */
  stubborn?: boolean
  fail?: boolean
  standdown: { action_uuid: string; phase: string; sent?: number }
}

class NoRoom extends Error {
  override readonly name = 'NoRoom'
}

/** A function as plans call it: leaves a mark for each call, and does what its payload says. */
export async function handler({ hold, stubborn, fail, standdown }: Planned): Promise<{ done: true }> {
  const { action_uuid: uuid, phase, sent = 1 } = standdown
  await put(plannedMark(uuid, `${phase}-${sent}`))
  if (phase === 'abort') await put(plannedStop(uuid))
  if (phase !== 'run') return { done: true }
  while (hold && !(await isThere(plannedStop(uuid)))) await pause(100)
  if (fail || (hold && !stubborn)) throw new NoRoom('the host is full')
  return { done: true }
}

const put = (Key: string) => client.send(new PutObjectCommand({ Bucket: MARKS_BUCKET, Key, Body: '' }))

const isThere = (Key: string): Promise<boolean> =>
  client.send(new HeadObjectCommand({ Bucket: MARKS_BUCKET, Key })).then(
    () => true,
    () => false,
  )
