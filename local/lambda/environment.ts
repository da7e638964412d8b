import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { type InvokeResult, LOCAL_REGION } from '#local/types.ts'
import { Conversation } from './conversation.ts'
import type { FunctionLog } from './function-log.ts'
import type { AwsCall } from './worker-messages.ts'
import { workerArguments } from './worker-source.ts'

export type LambdaFunction = {
  name: string
  /** Ends in the number where it is a published version. */
  arn: string
  /** The number of a published version. @default $LATEST */
  version?: string
  codeDir: string
  /** As in the template, e.g. `index.handler`. */
  handler: string
  environment: Record<string, string>
  timeoutSeconds: number
  memoryMb: number
  roleArn?: string
  logGroup?: string
  reservedConcurrency?: number
}

/** Tells a function and its published versions apart. */
export const functionId = ({ name, version }: LambdaFunction): string =>
  version === undefined ? name : `${name}:${version}`

/** One child process: runs one invocation at a time, as an execution environment of Lambda does. */
export type Environment = {
  readonly functionName: string
  readonly functionId: string
  readonly pid: number
  readonly gone: boolean
  /** Until it can run something, or never will. */
  readonly started: Promise<unknown>
  invoke(payload: string): Promise<InvokeResult>
  kill(): void
  readonly ended: Promise<void>
}

/** Hears of each kind of call that a function makes to AWS in its own name. */
export type CallWatch = (fn: LambdaFunction, call: AwsCall) => void

type Around = { log: FunctionLog; watch?: CallWatch | undefined }

export function startEnvironment(fn: LambdaFunction, { log, watch }: Around): Environment {
  const child = spawn(process.execPath, [...flagsOf(fn), ...workerArguments(), '--', fn.arn], {
    cwd: fn.codeDir,
    env: variablesOf(fn),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  child.stdout?.on('data', (chunk: Buffer) => log.write(chunk))
  child.stderr?.on('data', (chunk: Buffer) => log.write(chunk))
  const conversation = new Conversation(child, (call) => watch?.(fn, call))
  return {
    functionName: fn.name,
    functionId: functionId(fn),
    pid: child.pid ?? -1,
    started: conversation.started,
    ended: conversation.ended,
    get gone() {
      return conversation.gone
    },
    async invoke(payload) {
      const result = await conversation.run(payload, fn.timeoutSeconds)
      if (result.functionError) log.write(`${JSON.stringify(result.functionError)}\n`)
      return result
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

function flagsOf(fn: LambdaFunction): string[] {
  return [
    `--max-old-space-size=${fn.memoryMb}`,
    '--max-semi-space-size=2',
    // Threads of a collector in each of many processes take a fifth more CPU for the same, of few cores.
    '--single-threaded-gc',
    '--disable-warning=ExperimentalWarning',
  ]
}

function variablesOf(fn: LambdaFunction): Record<string, string> {
  const { version = '$LATEST' } = fn
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
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroup ?? `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `[${version}]${randomBytes(16).toString('hex')}`,
    LAMBDA_TASK_ROOT: fn.codeDir,
    _HANDLER: fn.handler,
  }
}
