import { InvokeCommand } from '@aws-sdk/client-lambda'
import type { Deployment } from './open-deployment.ts'

/** Fires the sweeper now; where its function cannot be invoked, its schedule comes within a minute. */
export async function sweepNow({ lambda }: Deployment): Promise<void> {
  await lambda.send(new InvokeCommand({ FunctionName: 'standdown-events-sweep' })).catch(() => undefined)
}
