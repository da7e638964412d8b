import { RedriveExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn'
import type { Deployment } from './open-deployment.ts'

/** What a person does in the AWS console: past the API, on the job's execution itself. */
export async function stopByHand(
  { api, sfn }: Deployment,
  jobId: string,
  why: { error?: string; cause?: string } = {},
): Promise<void> {
  const { execution_arn: executionArn } = await api.view(jobId)
  await sfn.send(new StopExecutionCommand({ executionArn, ...why }))
}

export async function redriveByHand({ api, sfn }: Deployment, jobId: string): Promise<void> {
  const { execution_arn: executionArn } = await api.view(jobId)
  await sfn.send(new RedriveExecutionCommand({ executionArn }))
}
