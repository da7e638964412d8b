import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import type { LabInput } from '../jobs/lab-step.ts'
import { MARKS_BUCKET, releaseKey } from '../jobs/marks-bucket.ts'
import type { Deployment } from './open-deployment.ts'

/** Starts a laboratory job that leaves marks. */
export const startLab = (deployment: Deployment, shape: string, input: LabInput = {}): Promise<string> =>
  deployment.api.start(`lab-${shape}`, labInput(input))

export const labInput = (input: LabInput = {}): LabInput => ({ marks: MARKS_BUCKET, wait: 0, ...input })

/** Lets a step that is `held` come to its end. */
export async function release({ s3 }: Deployment, jobId: string, step: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: MARKS_BUCKET, Key: releaseKey(jobId, step), Body: '' }))
}

/** What a step or a hook of a laboratory job left behind when it began or ended. */
export type Mark = { step: string; index: string; what: string; at: number }

/** The job's marks, in the order of time. */
export async function marksOf(deployment: Deployment, jobId: string): Promise<Mark[]> {
  const marks: Mark[] = []
  let ContinuationToken: string | undefined
  do {
    const page = await deployment.s3.send(
      new ListObjectsV2Command({ Bucket: MARKS_BUCKET, Prefix: `${jobId}/`, ContinuationToken }),
    )
    for (const { Key = '' } of page.Contents ?? []) {
      const [, step = '', index = '', what = '', at = ''] = Key.split('/')
      marks.push({ step, index, what, at: Number(at) })
    }
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
  return marks.sort((a, b) => a.at - b.at)
}

/** Steps that ever began to run. */
export async function stepsRun(deployment: Deployment, jobId: string): Promise<string[]> {
  const marks = await marksOf(deployment, jobId)
  return [...new Set(marks.filter(({ what }) => what.startsWith('run-start')).map(({ step }) => step))]
}
