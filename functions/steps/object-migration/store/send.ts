import { Readable } from 'node:stream'
import type {
  $Command,
  S3Client,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-s3'
import { SecretError } from './credentials.ts'
import { isFinalName } from './faults.ts'
import { type StoreCall, StoreError } from './store-error.ts'
import { timeLimits } from './time-limits.ts'
import { watchedBody } from './watched-body.ts'

export type S3Command<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = $Command<
  Input,
  Output,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>

/**
 * Every S3 call of the steps. It ends within the call's time limits, and fails with a `StoreError`, which says
 * the call, the bucket, the key and what the store answered. One that `signal` cut off throws the signal's reason.
 */
export const send = <Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  client: S3Client,
  command: S3Command<Input, Output>,
  signal?: AbortSignal,
): Promise<Output> => sendAs({ client, isRecord: false }, command, signal)

/** As `send`, for a record in the work bucket. */
export const sendRecord = <Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  client: S3Client,
  command: S3Command<Input, Output>,
  signal?: AbortSignal,
): Promise<Output> => sendAs({ client, isRecord: true }, command, signal)

async function sendAs<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  { client, isRecord }: { client: S3Client; isRecord: boolean },
  command: S3Command<Input, Output>,
  signal: AbortSignal | undefined,
): Promise<Output> {
  // the name of the command's class is lost once the bundle is minified
  const call = String((command.schema as { 2?: unknown } | undefined)?.[2])
  const { requestTimeout, total } = timeLimits(call)
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(timedOut(total)), total)
  const abortSignal = signal ? AbortSignal.any([signal, end.signal]) : end.signal
  const errorOf = async (error: unknown) => {
    const { Bucket: bucket, Key: key } = command.input as { Bucket?: string; Key?: string }
    return storeError({ call, bucket, key, endpoint: await endpointOf(client), isRecord }, error)
  }
  keepFinal(command)
  try {
    const output = await client.send(command, { abortSignal, requestTimeout })
    return withWatchedBody(output, errorOf)
  } catch (error) {
    signal?.throwIfAborted()
    throw await errorOf(end.signal.aborted ? end.signal.reason : error)
  } finally {
    clearTimeout(timer)
  }
}

type AnsweredError = { name: string; $metadata?: { httpStatusCode?: number } }

/** The SDK gives an error inside a 200 the status 503, and would repeat what is final. */
function keepFinal<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  command: S3Command<Input, Output>,
): void {
  command.middlewareStack.add(
    (next) => (args) =>
      next(args).catch((error: AnsweredError) => {
        const { name, $metadata } = error
        if ($metadata?.httpStatusCode === 503 && isFinalName(name)) $metadata.httpStatusCode = 200
        throw error
      }),
    { step: 'finalizeRequest', priority: 'low', name: 'keepFinal', override: true },
  )
}

function withWatchedBody<Output extends ServiceOutputTypes>(
  output: Output,
  errorOf: (cause: unknown) => Promise<unknown>,
): Output {
  const { Body: body } = output as { Body?: unknown }
  return body instanceof Readable ? { ...output, Body: watchedBody(body, errorOf) } : output
}

const timedOut = (ms: number): Error =>
  Object.assign(new Error(`no answer within ${ms / 1000} s`), { name: 'TimeoutError' })

/** A secret that cannot be read is told as such: no store was asked. */
const storeError = (call: StoreCall, error: unknown): unknown =>
  error instanceof SecretError ? error : new StoreError(call, error)

/** As people read it; the same text for the same place. */
export async function endpointOf(client: S3Client): Promise<string> {
  const endpoint = await client.config.endpoint?.()
  if (!endpoint) return 'Amazon S3'
  const { protocol, hostname, port, path } = endpoint
  return `${protocol}//${hostname}${port ? `:${port}` : ''}${path.replace(/\/$/, '')}`
}
