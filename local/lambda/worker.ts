import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { watchCalls } from './watch-calls.ts'
import type { FunctionError, InvocationMessage, WorkerMessage } from './worker-messages.ts'

// Run from its bundled source (see `worker-source.ts`): only types, built-in modules and files beside it here.
type Handler = (event: unknown, context: object) => unknown

/** A kill of the runtime closes the channel: without this the environment would live on as an orphan. */
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group: the runtime alone decides when its environments end, and uses SIGKILL.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
process.on('uncaughtException', (error) => die(describe(error), 129))
process.on('unhandledRejection', (reason) =>
  die({ ...describe(reason), errorType: 'Runtime.UnhandledPromiseRejection' }, 128),
)

function send(message: WorkerMessage, then?: () => void): void {
  process.send?.(message, () => then?.())
}

function die(error: FunctionError, code: number): void {
  console.error(error.stackTrace?.join('\n') ?? error.errorMessage)
  send({ kind: 'crash', error }, () => process.exit(code))
}

function describe(reason: unknown): FunctionError {
  if (!(reason instanceof Error)) return { errorType: typeof reason, errorMessage: String(reason) }
  return {
    errorType: reason.name,
    errorMessage: reason.message,
    stackTrace: (reason.stack ?? '').split('\n').map((line) => line.trim()),
  }
}

async function loadHandler(): Promise<Handler> {
  const [file = '', name = ''] = (process.env._HANDLER ?? '').split('.')
  const root = process.env.LAMBDA_TASK_ROOT ?? ''
  const path = ['.mjs', '.js', '.cjs'].map((ending) => join(root, file + ending)).find(existsSync)
  if (path === undefined) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`)
  const module = await import(pathToFileURL(path).href)
  const handler = module[name] ?? module.default?.[name]
  if (typeof handler === 'function') return handler
  throw named('Runtime.HandlerNotFound', `${file}.${name} is undefined or not exported`)
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}

function contextOf({ requestId, deadline }: InvocationMessage): object {
  const { env } = process
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  }
}

function marshal(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null'
  } catch (error) {
    throw named('Runtime.MarshalError', `Unable to stringify response body: ${(error as Error).message}`)
  }
}

async function run(handler: Handler, message: InvocationMessage): Promise<void> {
  const { requestId } = message
  try {
    const result = await handler(JSON.parse(message.payload), contextOf(message))
    send({ kind: 'result', requestId, payload: marshal(result) })
  } catch (error) {
    send({ kind: 'error', requestId, error: describe(error) })
  }
}

watchCalls((call) => send({ kind: 'call', call }))
const functionArn = process.argv.at(-1) ?? ''
try {
  const handler = await loadHandler()
  process.on('message', (message) => void run(handler, message as InvocationMessage))
  send({ kind: 'ready' })
} catch (error) {
  die(describe(error), 1)
}
