import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import type { Behaviour, LabInput } from '../jobs/lab-step.ts'
import { MARKS_BUCKET, releaseKey } from '../jobs/marks-bucket.ts'
import type { Deployment } from './open-deployment.ts'
import { until } from './poll.ts'

/** Works longer than any scenario takes, a checkpoint at a time. */
export const LONG: Behaviour = { ms: 60_000 }

/** Starts a laboratory job that leaves marks. */
export const startLab = (deployment: Deployment, shape: string, input: LabInput = {}): Promise<string> =>
  deployment.api.start(`lab-${shape}`, labInput(input))

export const labInput = (input: LabInput = {}): LabInput => ({ marks: MARKS_BUCKET, wait: 0, ...input })

/** Starts a laboratory job whose steps behave like this, and answers its id once each of those runs. */
export async function labRunning(
  deployment: Deployment,
  shape: string,
  steps: Record<string, Behaviour>,
): Promise<string> {
  const id = await startLab(deployment, shape, { steps })
  await untilRunning(deployment, id, Object.keys(steps))
  return id
}

/** The claim comes before the handler: only its first mark says that there is something to stop and to clean up. */
export async function untilRunning(deployment: Deployment, jobId: string, steps: string[]): Promise<void> {
  await until(`${steps.join(' and ')} of job ${jobId} to run`, async () => {
    const run = await stepsRun(deployment, jobId)
    return steps.every((step) => run.includes(step))
  })
}

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
