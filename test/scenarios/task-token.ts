import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn'
import type { Deployment } from './open-deployment.ts'
import { until } from './poll.ts'

/** The token that a state of the job's execution waits for, once it was handed out. */
export async function taskTokenOf({ api, sfn }: Deployment, jobId: string, step?: string): Promise<string> {
  const { execution_arn: executionArn } = await api.view(jobId)
  return until('the task token', async () => {
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }))
    const calls = events
      .map(({ taskScheduledEventDetails: scheduled }) => scheduled?.parameters ?? '{}')
      .map((text) => (JSON.parse(text) as { Payload?: { token?: string; step?: string } }).Payload)
    const asked = calls.find((call) => call?.token && (step === undefined || call.step === step))
    const submitted = events.filter(({ taskSubmittedEventDetails: at }) => at).length
    return asked && submitted > calls.filter((call) => call?.token).indexOf(asked) ? asked.token : undefined
  })
}
