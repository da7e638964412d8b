import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { logJob, telemetry } from './telemetry.ts'

/** A Lambda called by a state machine, a rule or a schedule: logged and counted, its errors let through. */
export function task<Input, Output>(
  name: string,
  work: (input: Input, context: Context) => Promise<Output>,
): (event: Input, context: Context) => Promise<Output> {
  const handler = middy()
    .use(telemetry(name))
    .before(({ event }) => {
      const id = (event as { job_execution_id?: unknown } | undefined)?.job_execution_id
      if (typeof id === 'string') logJob(id)
    })
    .handler((event: unknown, context) => work(event as Input, context))
  return handler as unknown as (event: Input, context: Context) => Promise<Output>
}
