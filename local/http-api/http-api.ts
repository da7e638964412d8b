import type { IncomingMessage, ServerResponse } from 'node:http'
import { readHttpBody } from '#local/http-body.ts'
import type { HttpApiModel } from '#local/template/model.ts'
import type { LambdaInvoker } from '#local/types.ts'
import { sendMessage, sendProblem, sendResult } from './answer.ts'
import { authorize } from './authorizer.ts'
import { refuseForeign, refuseNotJson } from './foreign-requests.ts'
import { type HttpEvent, toEvent, urlOf } from './payload.ts'
import { createRouter, type Match } from './router.ts'

export type HttpApiOptions = {
  api: HttpApiModel
  lambda: LambdaInvoker
  /** From then on every request is answered 503. */
  stopping(): boolean
  log(line: string): void
}

// What Lambda takes of one request.
const BODY_LIMIT = 6 * 1024 ** 2
const TOO_LARGE = {
  status: 413,
  title: 'Content Too Large',
  detail: `the body is larger than ${BODY_LIMIT} bytes; send less`,
}

/** An HTTP API of the template as a request listener. */
export function createHttpApi(options: HttpApiOptions) {
  const { api, lambda } = options
  const findRoute = createRouter(api)

  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const refusal = refuseForeign(req) ?? refuseNotJson(req)
    if (refusal) sendProblem(res, refusal)
    else if (options.stopping()) sendMessage(res, 503, 'Service Unavailable')
    else await serve(req, res)
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readHttpBody(req, BODY_LIMIT)
    const match = findRoute(req.method ?? 'GET', urlOf(req).pathname)
    if ('tooLarge' in body) sendProblem(res, TOO_LARGE)
    else if (!match) sendMessage(res, 404, 'Not Found')
    else await invoke(res, match, toEvent({ req, body: body.bytes, api }, match))
  }

  async function invoke(res: ServerResponse, { route }: Match, event: HttpEvent): Promise<void> {
    const { functionName, authorizerFunction } = route
    try {
      const admitted = authorizerFunction ? await authorize(lambda, authorizerFunction, event) : event
      if (admitted) sendResult(res, await lambda.invoke(functionName, admitted))
      else sendMessage(res, 403, 'Forbidden')
    } catch (error) {
      const stopped = options.stopping()
      if (!stopped) options.log(`${functionName} could not answer a request: ${(error as Error).message}`)
      sendMessage(res, stopped ? 503 : 500, stopped ? 'Service Unavailable' : 'Internal Server Error')
    }
  }
}
