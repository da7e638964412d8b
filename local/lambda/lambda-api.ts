import type { IncomingMessage, ServerResponse } from 'node:http'
import { readHttpBody } from '#local/http-body.ts'
import { targetOf } from '#local/http-target.ts'
import { AwsError } from '#local/types.ts'
import type { LambdaFunction } from './environment.ts'
import type { LambdaPool } from './lambda-pool.ts'
import { PAYLOAD_LIMIT } from './worker-messages.ts'

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/
const LIST = /^\/2015-03-31\/functions\/?$/

/** The Lambda REST API: Invoke and ListFunctions. Resolves to false when the request is for someone else. */
export function createLambdaHttp(pool: LambdaPool) {
  const invoke = async (req: IncomingMessage, res: ServerResponse, name: string): Promise<void> => {
    const payload = parsePayload(await readBody(req))
    const type = req.headers['x-amz-invocation-type'] ?? 'RequestResponse'
    const fn = pool.find(name)
    if (type !== 'RequestResponse') throw invalid(`the X-Amz-Invocation-Type '${type}' does not run here`)
    const result = await pool.invoke(fn.name, payload)
    res.setHeader('X-Amz-Executed-Version', '$LATEST')
    if (result.functionError) res.setHeader('X-Amz-Function-Error', 'Unhandled')
    answer(res, 200, result.functionError ?? result.payload)
  }

  return async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const { path } = targetOf(req)
    const name = req.method === 'POST' ? INVOKE.exec(path)?.[1] : undefined
    const list = req.method === 'GET' && LIST.test(path)
    if (name === undefined && !list) return false
    try {
      if (name === undefined) answer(res, 200, { Functions: pool.functions().map(configurationOf) })
      else await invoke(req, res, decodedName(name))
    } catch (error) {
      refuse(res, error)
    }
    return true
  }
}

function configurationOf(fn: LambdaFunction): object {
  return {
    FunctionName: fn.name,
    FunctionArn: fn.arn,
    Handler: fn.handler,
    MemorySize: fn.memoryMb,
    Timeout: fn.timeoutSeconds,
    PackageType: 'Zip',
    Runtime: 'nodejs24.x',
    State: 'Active',
    Version: '$LATEST',
  }
}

async function readBody(req: IncomingMessage): Promise<string> {
  const body = await readHttpBody(req, PAYLOAD_LIMIT)
  if ('bytes' in body) return body.bytes.toString()
  const reason = `payload of ${body.tooLarge} bytes is over ${PAYLOAD_LIMIT}`
  throw new AwsError('RequestTooLargeException', reason, { status: 413 })
}

function parsePayload(body: string): unknown {
  if (body === '') return {}
  try {
    return JSON.parse(body)
  } catch (error) {
    const reason = (error as Error).message
    throw new AwsError('InvalidRequestContentException', `could not parse request body into json: ${reason}`)
  }
}

function decodedName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    throw invalid(`the function name '${name}' is not percent-encoded UTF-8`)
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message)
}

function answer(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

function refuse(res: ServerResponse, error: unknown): void {
  const { code, message, status, fields } =
    error instanceof AwsError ? error : new AwsError('ServiceException', String(error), { status: 500 })
  res.setHeader('x-amzn-errortype', code)
  answer(res, status, { Type: status < 500 ? 'User' : 'Service', message, Message: message, ...fields })
}
