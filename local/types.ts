/** What the parts of the local runtime share. */

/** Answer of one Lambda invocation, as the Lambda service gives it. */
export type InvokeResult = {
  payload: unknown
  functionError?: { errorType: string; errorMessage: string; stackTrace?: string[] }
}

export interface LambdaInvoker {
  /** Runs the function named by `nameOrArn` with `payload` (JSON) in a free or new environment. */
  invoke(nameOrArn: string, payload: unknown): Promise<InvokeResult>
}

/** An event as it lies on a bus: the entry of PutEvents with the fields EventBridge adds. */
export type BusEvent = {
  version: '0'
  id: string
  'detail-type': string
  source: string
  account: string
  time: string
  region: string
  resources: string[]
  detail: Record<string, unknown>
}

/** One AWS JSON service (`X-Amz-Target: Prefix.Operation`): gets the operation's name and the parsed body. */
export type AwsJsonService = (operation: string, input: Record<string, unknown>) => Promise<unknown>

/** An error on the AWS wire: `code` becomes `__type`, extra fields travel beside `message`. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  readonly fields: Record<string, unknown>
  constructor(
    code: string,
    message: string,
    options: { status?: number; fields?: Record<string, unknown> } = {},
  ) {
    super(message)
    this.name = code
    this.code = code
    this.status = options.status ?? 400
    this.fields = options.fields ?? {}
  }
}

export const LOCAL_REGION = 'us-east-1'
export const LOCAL_ACCOUNT = '000000000000'
