import type { InvokeResult } from '#local/types.ts'
import { type FunctionError, PAYLOAD_LIMIT } from './worker-messages.ts'

const SIGNALS: Record<string, string> = { SIGKILL: 'killed', SIGABRT: 'aborted', SIGTERM: 'terminated' }

export function failure(functionError: FunctionError): InvokeResult {
  return { payload: null, functionError }
}

export function exitError(
  requestId: string | undefined,
  { code, signal }: { code: number | null; signal: string | null },
): FunctionError {
  const how = signal === null ? `exit status ${code}` : `signal: ${SIGNALS[signal] ?? signal}`
  const reason =
    code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${how}`
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId ?? 'init'} Error: ${reason}`,
  }
}

export function timedOut(requestId: string, seconds: number): FunctionError {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  }
}

export function responseTooLarge(size: number): FunctionError {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size (${size} bytes) exceeded maximum allowed payload size (${PAYLOAD_LIMIT} bytes).`,
  }
}
