import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'

type RetryStrategy = Extract<
  NonNullable<DynamoDBClientConfig['retryStrategy']>,
  { acquireInitialRetryToken: unknown }
>
type Token = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>

const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 3000

/** How long a call may take in all, and one try of it. */
export type CallTimes = { callMs: number; tryMs: number }

type CallToken = Token & { startedAt: number }

const callToken = (startedAt: number, retries: number, delayMs: number): CallToken => ({
  startedAt,
  getRetryCount: () => retries,
  getRetryDelay: () => delayMs,
})

/**
 * Tries again, after growing waits with full jitter, as long as one more try that hangs until its own time-out
 * still ends within the time of the whole call. A count of tries could not promise that: nine throttled ones
 * take a minute, and the call would outlive the lease of the step that makes it.
 */
export function retryWithin({ callMs, tryMs }: CallTimes, now = () => performance.now()): RetryStrategy {
  return {
    acquireInitialRetryToken: async () => callToken(now(), 0, 0),
    refreshRetryTokenForRetry: async (token, { errorType }) => {
      const { startedAt, ...last } = token as CallToken
      if (errorType !== 'THROTTLING' && errorType !== 'TRANSIENT') throw new Error('not to be tried again')
      const retries = last.getRetryCount() + 1
      const delayMs = Math.random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** retries)
      if (now() - startedAt + delayMs + tryMs > callMs) throw new Error('no time is left for another try')
      return callToken(startedAt, retries, delayMs)
    },
    recordSuccess: () => undefined,
  }
}
