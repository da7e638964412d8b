import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { JobInfo } from '#sdk/index.ts'
import { releaseKey } from './marks-bucket.ts'

export type MarkPlace = {
  bucket: string | undefined
  job: Pick<JobInfo, 'job_execution_id'>
  step: string
  index: number | string | null
}

const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL
const client = new S3Client({ ...(endpoint ? { endpoint, forcePathStyle: true } : {}) })

/** Leaves an empty object whose key says what happened and when, so that a listing tells the whole story. */
export async function mark({ bucket, job, step, index }: MarkPlace, what: string): Promise<void> {
  if (bucket === undefined) return
  const Key = [job.job_execution_id, step, String(index ?? '-'), what, Date.now()].join('/')
  await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: '' }))
}

/** Lets what is held come to its end. */
export async function release({ bucket, job, step }: MarkPlace): Promise<void> {
  const Key = releaseKey(job.job_execution_id, step)
  await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: '' }))
}

/** Also false where it cannot be looked at now: the step looks again. */
export function isReleased({ bucket, job, step }: MarkPlace): Promise<boolean> {
  const Key = releaseKey(job.job_execution_id, step)
  return client.send(new HeadObjectCommand({ Bucket: bucket, Key })).then(
    () => true,
    () => false,
  )
}
