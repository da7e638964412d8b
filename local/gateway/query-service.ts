import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readHttpBody } from '#local/http-body.ts'
import { toXml, type XmlNode } from '#local/s3/xml.ts'
import { AwsError } from '#local/types.ts'

/** One AWS Query service (a form with `Action`): its version, by which it is known, and what it answers. */
export type AwsQueryService = {
  version: string
  namespace: string
  operations: Record<string, (parameters: URLSearchParams) => XmlNode>
}

const BODY_LIMIT = 1024 * 1024
const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i

/**
 * The services that speak the Query protocol. Resolves to false when the request is for someone else. A form without
 * a signature is nobody's: a web page could send it.
 */
export function createQueryHttp(services: AwsQueryService[]) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const signed = req.headers.authorization !== undefined
    if (req.method !== 'POST' || !signed || !FORM.test(req.headers['content-type'] ?? '')) return false
    const body = await readHttpBody(req, BODY_LIMIT)
    const parameters = new URLSearchParams('bytes' in body ? body.bytes.toString() : '')
    const action = parameters.get('Action') ?? ''
    const service = services.find(({ version }) => version === parameters.get('Version'))
    try {
      const operation = service?.operations[action]
      if (!service || !operation) throw new AwsError('InvalidAction', `the action ${action} is not run here`)
      const ResponseMetadata = { RequestId: randomUUID() }
      const answer = { [`${action}Result`]: operation(parameters), ResponseMetadata }
      send(res, 200, toXml(`${action}Response`, answer, service.namespace))
    } catch (error) {
      const { code, message, status } =
        error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), { status: 500 })
      const answer = { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: randomUUID() }
      send(res, status, toXml('ErrorResponse', answer, service?.namespace ?? ''))
    }
    return true
  }
}

function send(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) }).end(body)
}
