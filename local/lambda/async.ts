import { AwsError, type InvokeResult, type LambdaInvoker } from '#local/types.ts'

/** An asynchronous invocation that failed for good, for the function's dead-letter queue. */
export type AsyncFailure = { functionName: string; payload: unknown; error: unknown; attempts: number }

export type AsyncOptions = {
  onAsyncFailure?(failure: AsyncFailure): void
  /** Waits before each retry. @default one minute, then two, as on AWS */
  retryDelaysMs?: number[]
}

const THROTTLED_DELAY_MS = 1_000

/** Invokes without an answer, and retries function errors as Lambda's event queue does. In memory only. */
export function createAsyncInvoker(invoker: LambdaInvoker, options: AsyncOptions = {}) {
  const delays = options.retryDelaysMs ?? [60_000, 120_000]

  const attempt = async (functionName: string, payload: unknown, attempts: number): Promise<void> => {
    const error = await failureOf(invoker, functionName, payload)
    if (error === undefined) return
    const throttled = error instanceof AwsError && error.code === 'TooManyRequestsException'
    const delay = throttled ? THROTTLED_DELAY_MS : delays[attempts - 1]
    if (delay === undefined || (error instanceof AwsError && !throttled)) {
      return options.onAsyncFailure?.({ functionName, payload, error, attempts })
    }
    // A throttled attempt did not run, so it does not count: AWS keeps it in the queue as well.
    const next = throttled ? attempts : attempts + 1
    setTimeout(() => void attempt(functionName, payload, next), delay).unref()
  }
  return (functionName: string, payload: unknown): void => void attempt(functionName, payload, 1)
}

async function failureOf(invoker: LambdaInvoker, name: string, payload: unknown): Promise<unknown> {
  try {
    const { functionError }: InvokeResult = await invoker.invoke(name, payload)
    return functionError
  } catch (error) {
    return error
  }
}
