import type { IncomingMessage, ServerResponse } from 'node:http'
import { readHttpBody } from '#local/http-body.ts'
import type { HttpApiModel } from '#local/template/model.ts'
import type { LambdaInvoker } from '#local/types.ts'
import { sendMessage, sendProblem, sendResult } from './answer.ts'
import { authorize } from './authorizer.ts'
import { refuseForeign, refuseNotJson } from './foreign-requests.ts'
import { type HttpEvent, toEvent, urlOf } from './payload.ts'
import { createRouter, type Match } from './router.ts'
import { createFileServer, type StaticFiles } from './static-files.ts'

export type HttpApiOptions = {
  api: HttpApiModel
  lambda: LambdaInvoker
  /** Served where no route is but the default one: routes win. */
  files?: StaticFiles | undefined
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
  const serveFile = options.files && createFileServer(options.files)

  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const refusal = refuseForeign(req) ?? refuseNotJson(req)
    if (refusal) sendProblem(res, refusal)
    else if (options.stopping()) sendMessage(res, 503, 'Service Unavailable')
    else await serve(req, res)
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readHttpBody(req, BODY_LIMIT)
    if ('tooLarge' in body) return sendProblem(res, TOO_LARGE)
    const match = findRoute(req.method ?? 'GET', urlOf(req).pathname)
    const answer = async (): Promise<void> => {
      if (match) await invoke(res, match, toEvent({ req, body: body.bytes, api }, match))
      else sendMessage(res, 404, 'Not Found')
    }
    const isRouted = match !== undefined && match.route.routeKey !== '$default'
    if (serveFile && !isRouted) serveFile(req, res, () => void answer())
    else await answer()
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
