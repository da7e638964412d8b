/** What a pool and its environments (child processes) say to each other. Payloads travel as JSON text. */

export type FunctionError = { errorType: string; errorMessage: string; stackTrace?: string[] }

export type InvocationMessage = { requestId: string; payload: string; deadline: number }

export type WorkerMessage =
  | { kind: 'ready' }
  | { kind: 'result'; requestId: string; payload: string }
  | { kind: 'error'; requestId: string; error: FunctionError }
  /** An error outside the handler's promise: the process ends itself after this. */
  | { kind: 'crash'; error: FunctionError }

/** AWS: a synchronous request or response holds at most 6 MB. */
export const PAYLOAD_LIMIT = 6 * 1024 * 1024
