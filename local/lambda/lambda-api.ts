import type { IncomingMessage, ServerResponse } from 'node:http'
import { readHttpBody } from '#local/http-body.ts'
import { targetOf } from '#local/http-target.ts'
import { AwsError } from '#local/types.ts'
import type { LambdaFunction } from './environment.ts'
import type { LambdaPool } from './lambda-pool.ts'
import { PAYLOAD_LIMIT } from './worker-messages.ts'

/** What deletes functions for good, beyond the environments that run them. */
export type FunctionRemoval = (fn: LambdaFunction) => void

type Call = { req: IncomingMessage; res: ServerResponse; name: string; query: URLSearchParams }
type Operation = { method: string; path: RegExp; run(call: Call): unknown }

/**
 * The Lambda REST API: Invoke, and what tells and deletes functions and their versions. Resolves to false when the
 * request is for someone else.
 */
export function createLambdaHttp(pool: LambdaPool, remove: FunctionRemoval = pool.delete) {
  /** That of the path, in the version that is asked for. */
  const find = ({ name, query }: Call): LambdaFunction => {
    const qualifier = query.get('Qualifier')
    return pool.find(qualifier ? `${name}:${qualifier}` : name)
  }
  const operations: Operation[] = [
    {
      method: 'POST',
      path: /^\/2015-03-31\/functions\/([^/]+)\/invocations$/,
      run: (call) => invoke(pool, call, find(call)),
    },
    {
      method: 'GET',
      path: /^\/2015-03-31\/functions\/?$/,
      run: () => ({ Functions: pool.functions().filter(isLatest).map(configurationOf) }),
    },
    {
      method: 'GET',
      path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
      run: (call) => configurationOf(find(call)),
    },
    {
      method: 'GET',
      path: /^\/2015-03-31\/functions\/([^/]+)\/versions$/,
      run: ({ name }) => ({
        Versions: pool
          .functions()
          .filter((fn) => fn.name === pool.find(name).name)
          .map(configurationOf),
      }),
    },
    {
      method: 'DELETE',
      path: /^\/2015-03-31\/functions\/([^/]+)$/,
      run: (call) => {
        remove(find(call))
        call.res.statusCode = 204
      },
    },
  ]

  return async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const { path: asked, query } = targetOf(req)
    const operation = operations.find(({ method, path }) => method === req.method && path.test(asked))
    if (!operation) return false
    try {
      const name = decodedName(operation.path.exec(asked)?.[1] ?? '')
      answer(res, res.statusCode, await operation.run({ req, res, name, query }))
    } catch (error) {
      refuse(res, error)
    }
    return true
  }
}

async function invoke(pool: LambdaPool, { req, res }: Call, fn: LambdaFunction): Promise<unknown> {
  const payload = parsePayload(await readBody(req))
  const type = req.headers['x-amz-invocation-type'] ?? 'RequestResponse'
  if (type !== 'RequestResponse') throw invalid(`the X-Amz-Invocation-Type '${type}' does not run here`)
  const result = await pool.invoke(fn.arn, payload)
  res.setHeader('X-Amz-Executed-Version', fn.version ?? '$LATEST')
  if (result.functionError) res.setHeader('X-Amz-Function-Error', 'Unhandled')
  return result.functionError ?? result.payload
}

const isLatest = ({ version }: LambdaFunction): boolean => version === undefined

function configurationOf(fn: LambdaFunction): object {
  return {
    FunctionName: fn.name,
    FunctionArn: fn.arn,
    Handler: fn.handler,
    MemorySize: fn.memoryMb,
    Timeout: fn.timeoutSeconds,
    Role: fn.roleArn,
    Environment: { Variables: fn.environment },
    LoggingConfig: { LogFormat: 'Text', LogGroup: fn.logGroup },
    PackageType: 'Zip',
    Runtime: 'nodejs24.x',
    State: 'Active',
    Version: fn.version ?? '$LATEST',
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
  if (status === 204) return void res.writeHead(204).end()
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

function refuse(res: ServerResponse, error: unknown): void {
  const { code, message, status, fields } =
    error instanceof AwsError ? error : new AwsError('ServiceException', String(error), { status: 500 })
  res.setHeader('x-amzn-errortype', code)
  answer(res, status, { Type: status < 500 ? 'User' : 'Service', message, Message: message, ...fields })
}
