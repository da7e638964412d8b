import { randomUUID } from 'node:crypto'
import type { Context } from 'aws-lambda'

/** Of an invocation with a minute left, unless said otherwise. */
export const lambdaContext = (remainingMs = 60_000): Context =>
  ({ getRemainingTimeInMillis: () => remainingMs, functionName: 'f', awsRequestId: randomUUID() }) as Context
