import { SendTaskSuccessCommand, SFNClient, TaskDoesNotExist, TaskTimedOut } from '@aws-sdk/client-sfn'
import { clientOptions, once, TIMES } from './clients.ts'

const client = once(() => new SFNClient(clientOptions(TIMES.stepFunctions)))

/** Ends the task that waits for its token; nothing where it was ended before, or its execution is over. */
export async function endTask(taskToken: string, output: object): Promise<void> {
  const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })
  await client()
    .send(command)
    .catch((error: Error) => {
      if (!(error instanceof TaskTimedOut || error instanceof TaskDoesNotExist)) throw error
    })
}
