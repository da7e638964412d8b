import type { IncomingMessage, ServerResponse } from 'node:http'
import { refuseForeign } from '#local/http-api/foreign-requests.ts'
import { AwsError, type AwsJsonService } from '#local/types.ts'
import { sendError, serveJson } from './json-service.ts'
import { createProxy, type ProxyOptions } from './proxy.ts'

export type GatewayOptions = {
  /** By the prefix of X-Amz-Target, e.g. `AWSStepFunctions`. */
  services: Record<string, AwsJsonService>
  dynamodb: ProxyOptions
  /** Asked in order; the first that answers true has taken the request. */
  http: ((req: IncomingMessage, res: ServerResponse) => Promise<boolean>)[]
  s3(req: IncomingMessage, res: ServerResponse): Promise<void>
  stopping(): boolean
}

const DYNAMODB = /^DynamoDB(Streams)?_20120810\./

/** The one AWS-compatible endpoint, as a request listener. */
export function createGateway(options: GatewayOptions) {
  const proxy = createProxy(options.dynamodb)

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const refusal = refuseForeign(req)
    if (refusal) return refuse(req, res, refusal.detail)
    if (options.stopping()) return sendError(res, stopping())
    const target = req.headers['x-amz-target']
    if (typeof target === 'string') return serveTarget(target, req, res)
    for (const serve of options.http) if (await serve(req, res)) return
    await options.s3(req, res)
  }
  const serveTarget = async (target: string, req: IncomingMessage, res: ServerResponse): Promise<void> => {
    if (DYNAMODB.test(target)) return proxy.forward(req, res)
    const prefix = target.split('.')[0] ?? ''
    const service = Object.hasOwn(options.services, prefix) ? options.services[prefix] : undefined
    await serveJson(req, res, service ?? unknownService(prefix))
  }
  return { handle, close: () => proxy.close() }
}

function refuse(req: IncomingMessage, res: ServerResponse, detail: string): void {
  req.resume()
  sendError(res, new AwsError('AccessDeniedException', detail, { status: 403 }))
}

function unknownService(prefix: string): AwsJsonService {
  return async () => {
    throw new AwsError('UnknownOperationException', `the service ${prefix} is not run here`)
  }
}

function stopping(): AwsError {
  return new AwsError('ServiceUnavailable', 'the runtime is stopping', { status: 503 })
}
