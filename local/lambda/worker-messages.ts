/** What a pool and its environments (child processes) say to each other. Payloads travel as JSON text. */

export type FunctionError = { errorType: string; errorMessage: string; stackTrace?: string[] }

export type InvocationMessage = { requestId: string; payload: string; deadline: number }

/** A call to AWS in the function's own name, as far as it says which permission it needs. */
export type AwsCall = {
  /** X-Amz-Target, of a JSON service. */
  target: string | null
  method: string
  path: string
  copySource: string | null
  tagged: boolean
  /** `TableName=jobs` and the like, out of the body. */
  names: string[]
}

export type WorkerMessage =
  | { kind: 'ready' }
  | { kind: 'call'; call: AwsCall }
  | { kind: 'result'; requestId: string; payload: string }
  | { kind: 'error'; requestId: string; error: FunctionError }
  /** An error outside the handler's promise: the process ends itself after this. */
  | { kind: 'crash'; error: FunctionError }

/** AWS: a synchronous request or response holds at most 6 MB. */
export const PAYLOAD_LIMIT = 6 * 1024 * 1024
