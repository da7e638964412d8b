import { InvokeCommand } from '@aws-sdk/client-lambda'
import type { World } from './world.ts'

/** Fires the sweeper now; where its function cannot be invoked, its schedule comes within a minute. */
export async function sweepNow({ lambda }: World): Promise<void> {
  await lambda.send(new InvokeCommand({ FunctionName: 'standdown-events-sweep' })).catch(() => undefined)
}
