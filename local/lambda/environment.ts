import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { type InvokeResult, LOCAL_REGION } from '#local/types.ts'
import type { FunctionLog } from './function-log.ts'
import { type FromWorker, type FunctionError, PAYLOAD_LIMIT, type ToWorker } from './messages.ts'
import { workerArguments } from './worker-source.ts'

export type LambdaFunction = {
  name: string
  arn: string
  codeDir: string
  /** As in the template, e.g. `index.handler`. */
  handler: string
  environment: Record<string, string>
  timeoutSeconds: number
  memoryMb: number
  reservedConcurrency?: number
}

/** One child process: runs one invocation at a time, as an execution environment of Lambda does. */
export type Environment = {
  readonly functionName: string
  readonly pid: number
  readonly gone: boolean
  invoke(payload: string): Promise<InvokeResult>
  kill(): void
  readonly ended: Promise<void>
}

const INIT_LIMIT_MS = 30_000

export function startEnvironment(fn: LambdaFunction, log: FunctionLog): Environment {
  const child = spawn(process.execPath, [...flagsOf(fn), ...workerArguments(), '--', fn.arn], {
    cwd: fn.codeDir,
    env: variablesOf(fn),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  child.stdout?.on('data', (chunk: Buffer) => log.write(chunk))
  child.stderr?.on('data', (chunk: Buffer) => log.write(chunk))
  const call = conversation(child, fn)
  return {
    functionName: fn.name,
    pid: child.pid ?? -1,
    get gone() {
      return call.gone()
    },
    async invoke(payload) {
      const result = await call.run(payload)
      if (result.functionError) log.write(`${JSON.stringify(result.functionError)}\n`)
      return result
    },
    kill: () => void child.kill('SIGKILL'),
    ended: call.ended,
  }
}

function flagsOf(fn: LambdaFunction): string[] {
  return [
    `--max-old-space-size=${fn.memoryMb}`,
    '--max-semi-space-size=2',
    '--disable-warning=ExperimentalWarning',
  ]
}

function variablesOf(fn: LambdaFunction): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    ...fn.environment,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `[$LATEST]${randomBytes(16).toString('hex')}`,
    LAMBDA_TASK_ROOT: fn.codeDir,
    _HANDLER: fn.handler,
  }
}

type Settle = (result: InvokeResult) => void
type Conversation = { run(payload: string): Promise<InvokeResult>; gone(): boolean; ended: Promise<void> }

/** Turns the child's messages, its end and the clock into exactly one result per invocation. */
function conversation(child: ChildProcess, fn: LambdaFunction): Conversation {
  const ready = Promise.withResolvers<FunctionError | undefined>()
  const ended = Promise.withResolvers<void>()
  let gone = false
  let pending: { requestId: string; settle: Settle } | undefined

  const end = (code: number | null, signal: string | null): void => {
    gone = true
    const error = exitError(pending?.requestId, code, signal)
    ready.resolve(error)
    pending?.settle({ payload: null, functionError: error })
    ended.resolve()
  }
  // The last message may still lie in the channel when the process has ended.
  child.on('exit', (code, signal) => {
    gone = true
    if (child.connected) child.once('disconnect', () => end(code, signal))
    else end(code, signal)
  })
  child.on('error', ({ message }) => end(null, `failed to start: ${message}`))
  child.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') return ready.resolve(undefined)
    if (message.kind === 'init-error') return ready.resolve(message.error)
    if (message.requestId !== pending?.requestId) return
    pending.settle(resultOf(message))
  })

  const timeOut = (requestId: string, seconds: number): void => {
    pending?.settle({ payload: null, functionError: timedOut(requestId, seconds) })
    gone = true
    child.kill('SIGKILL')
  }
  const run = async (payload: string): Promise<InvokeResult> => {
    const requestId = randomUUID()
    const init = setTimeout(() => child.kill('SIGKILL'), INIT_LIMIT_MS)
    const failed = await ready.promise
    clearTimeout(init)
    if (failed || gone) {
      gone = true
      return { payload: null, functionError: failed ?? exitError(requestId, null, 'SIGKILL') }
    }
    const answer = Promise.withResolvers<InvokeResult>()
    pending = { requestId, settle: answer.resolve }
    const limit = setTimeout(() => timeOut(requestId, fn.timeoutSeconds), fn.timeoutSeconds * 1000)
    const message: ToWorker = { requestId, payload, deadline: Date.now() + fn.timeoutSeconds * 1000 }
    child.send(message, () => {})
    const result = await answer.promise
    clearTimeout(limit)
    pending = undefined
    return result
  }
  return { run, gone: () => gone, ended: ended.promise }
}

function resultOf(message: Extract<FromWorker, { requestId: string }>): InvokeResult {
  if (message.kind === 'error') return { payload: null, functionError: message.error }
  const size = Buffer.byteLength(message.payload)
  if (size <= PAYLOAD_LIMIT) return { payload: JSON.parse(message.payload) }
  const errorMessage = `Response payload size (${size} bytes) exceeded maximum allowed payload size (${PAYLOAD_LIMIT} bytes).`
  return { payload: null, functionError: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } }
}

const SIGNALS: Record<string, string> = { SIGKILL: 'killed', SIGABRT: 'aborted', SIGTERM: 'terminated' }

function exitError(requestId: string | undefined, code: number | null, signal: string | null): FunctionError {
  const how = signal ? `signal: ${SIGNALS[signal] ?? signal}` : `exit status ${code}`
  const reason =
    code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${how}`
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId ?? 'init'} Error: ${reason}`,
  }
}

function timedOut(requestId: string, seconds: number): FunctionError {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  }
}
