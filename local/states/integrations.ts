import { randomUUID } from 'node:crypto'
import { AwsError, type InvokeResult } from '#local/types.ts'
import type { Run } from './flow.ts'
import type { Call } from './resources.ts'
import { StateFailure } from './state-failure.ts'

type Parameters = Record<string, unknown>

/** Invokes the Lambda function and gives the Task's result as this kind of Resource shapes it. */
export async function callLambda(run: Run, call: Call, parameters: unknown): Promise<unknown> {
  if (call.kind === 'function') return payloadOf(await invoke(run, call.resource, parameters))
  const { FunctionName, Payload = {}, InvocationType } = (parameters ?? {}) as Parameters
  if (typeof FunctionName !== 'string') {
    throw new StateFailure('States.Runtime', 'the Parameters of lambda:invoke have no FunctionName')
  }
  if (InvocationType === 'Event') {
    invoke(run, FunctionName, Payload).catch(() => undefined)
    return { ...metadata(202), Payload: '', StatusCode: 202 }
  }
  const payload = payloadOf(await invoke(run, FunctionName, Payload))
  return { ExecutedVersion: '$LATEST', Payload: payload, ...metadata(200), StatusCode: 200 }
}

async function invoke(run: Run, name: string, payload: unknown): Promise<InvokeResult> {
  try {
    return await run.lambda.invoke(name, payload)
  } catch (error) {
    const code = error instanceof AwsError ? error.code : 'ServiceException'
    throw new StateFailure(`Lambda.${code}`, error instanceof Error ? error.message : String(error))
  }
}

function payloadOf({ payload, functionError }: InvokeResult): unknown {
  if (!functionError) return payload ?? null
  const { errorMessage, errorType, stackTrace } = functionError
  const cause = { errorMessage, errorType, ...(stackTrace ? { trace: stackTrace } : {}) }
  throw new StateFailure(errorType || 'Lambda.Unknown', JSON.stringify(cause))
}

function metadata(status: number) {
  const requestId = randomUUID()
  return { SdkHttpMetadata: { HttpStatusCode: status }, SdkResponseMetadata: { RequestId: requestId } }
}

export function startChild(run: Run, parameters: unknown): { ExecutionArn: string; StartDate: number } {
  try {
    const { executionArn, startDate } = run.children.start((parameters ?? {}) as Parameters)
    return { ...metadata(200), ExecutionArn: executionArn, StartDate: Math.round(startDate * 1000) }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new StateFailure(`StepFunctions.${error.code}Exception`, error.message)
  }
}

/** The result of `startExecution.sync` (text) and `.sync:2` (JSON), or the failure of the child. */
export function childResult(mode: Call['mode'], description: Parameters): unknown {
  const parse = (text: unknown) => (mode === 'sync:2' && typeof text === 'string' ? JSON.parse(text) : text)
  const shaped: Parameters = {}
  for (const [key, value] of Object.entries(description)) {
    const time = (key === 'startDate' || key === 'stopDate') && typeof value === 'number'
    const plain = key === 'input' || key === 'output' ? parse(value) : value
    shaped[key.charAt(0).toUpperCase() + key.slice(1)] = time ? Math.round(value * 1000) : plain
  }
  if (shaped.Status === 'SUCCEEDED') return shaped
  throw new StateFailure('States.TaskFailed', JSON.stringify(shaped))
}
