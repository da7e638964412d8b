import type { S3Client, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-s3'
import { StepOutOfTime } from '#sdk/index.ts'
import { type S3Command, send } from '../store/send.ts'
import { StoreError } from '../store/store-error.ts'

export type Writing = {
  /** Once it has aborted there is no further try; one under way is waited for. */
  signal: AbortSignal
  /** Cuts the call off. Only for one that makes no object: of a part, or whose body is not whole yet. */
  cut?: AbortSignal
  /** Counts the tries that may have acted, but whose answer never came. */
  tries?: { unanswered: number }
}

/** Of the Lambda's last seconds a call under way gets so much; then the attempt's end has to be recorded. */
const LAST_MS = 2_000

/**
 * A call that changes the destination. A store may act on it long after its connection was cut, so that a
 * clean-up would look too early: it is waited for, and meanwhile the attempt keeps its lease. Only the Lambda's
 * end leaves it behind, and then the next attempt does the same again.
 */
export async function write<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  client: S3Client,
  command: S3Command<Input, Output>,
  { signal, cut, tries = { unanswered: 0 } }: Writing,
): Promise<Output> {
  signal.throwIfAborted()
  command.middlewareStack.add(
    (next) => async (args) => {
      signal.throwIfAborted()
      tries.unanswered += 1
      try {
        const output = await next(args)
        tries.unanswered -= 1
        return output
      } catch (error) {
        if (isRefusal(error)) tries.unanswered -= 1
        throw error
      }
    },
    // the innermost place: once for each try
    { step: 'finalizeRequest', priority: 'low', name: 'watchTries' },
  )
  try {
    return await untilOutOfTime(send(client, command, cut), signal)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}

/** The store has said that it did nothing. */
function isRefusal(error: unknown): boolean {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
  const status = error instanceof StoreError ? error.status : ($metadata?.httpStatusCode ?? 0)
  return status >= 400 && status < 500
}

async function untilOutOfTime<Result>(call: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: over, reject } = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | undefined
  const leave = () => {
    if (signal.reason instanceof StepOutOfTime) timer = setTimeout(reject, LAST_MS, signal.reason)
  }
  signal.addEventListener('abort', leave)
  try {
    return await Promise.race([call, over])
  } finally {
    signal.removeEventListener('abort', leave)
    clearTimeout(timer)
  }
}
