import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda'
import { type FunctionRules, whyNotCalled } from '../allowed-functions.ts'
import type { Call, Called, Functions } from './functions.ts'

/** Without the SDK's own tries: whether a function may run twice is the action's to say. */
export const clientConfig = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 3_000 },
} satisfies LambdaClientConfig

type SdkError = { name: string; message: string; code?: string; $metadata?: { httpStatusCode?: number } }

/** The connection was never made: nothing can have run. */
const NOT_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']
/** The function is being changed, or its network made: it is not run, for now. */
const NOT_READY =
  /^(ResourceConflict|ResourceNotReady|SnapStart\w*|EC2\w+|ENILimitReached|EFS\w+|SubnetIPAddressLimitReached|TooManyRequests)Exception$/

/** AWS Lambda, each call once. */
export class LambdaFunctions implements Functions {
  private readonly client: LambdaClient
  private readonly rules: FunctionRules

  constructor(rules: FunctionRules, client = new LambdaClient(clientConfig)) {
    this.rules = rules
    this.client = client
  }

  async call({ functionName, payload, timeout, signal }: Call): Promise<Called> {
    const why = whyNotCalled(functionName, this.rules)
    if (why !== null) return { kind: 'refused', why: `the function ${why}` }
    const late = AbortSignal.timeout(timeout * 1_000)
    const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(payload) })
    try {
      const abortSignal = AbortSignal.any([signal, late])
      const { FunctionError, Payload } = await this.client.send(command, { abortSignal })
      const answer = jsonIn(Payload)
      return FunctionError === undefined ? { kind: 'answer', answer } : ownError(answer)
    } catch (error) {
      signal.throwIfAborted()
      if (late.aborted) return { kind: 'late', why: `${functionName} gave no answer within ${timeout} s` }
      return outcomeOf(error as SdkError, functionName)
    }
  }
}

function jsonIn(payload: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(payload ?? []).toString() || 'null')
  } catch {
    return null
  }
}

/** Its stack stays where it is. */
function ownError(answer: unknown): Called {
  const { errorType, errorMessage } = (answer ?? {}) as Record<string, unknown>
  return { kind: 'error', type: String(errorType ?? 'Error'), message: String(errorMessage ?? '') }
}

function outcomeOf(error: SdkError, functionName: string): Called {
  const { name, message, code, $metadata } = error
  const status = $metadata?.httpStatusCode
  const why = `${functionName} cannot be called: ${name}: ${message}`
  if (NOT_READY.test(name) || status === 429) return { kind: 'busy', why }
  if (status !== undefined && status >= 400 && status < 500)
    return { kind: 'refused', why: why + hintFor(name) }
  return { kind: code !== undefined && NOT_CONNECTED.includes(code) ? 'busy' : 'lost', why }
}

const hintFor = (name: string): string =>
  name === 'AccessDeniedException' ? ': the stack allows functions by -c actionFunctions=<prefix>*' : ''
