import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface RawReply {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** A request exactly as given: no signature, no SDK, no change of the path. */
export async function send(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<RawReply> {
  const { hostname, port, origin } = new URL(url)
  const path = url.slice(origin.length)
  const sent = request({ hostname, port, path, method, headers })
  sent.end(body)
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

export const codeOf = (reply: RawReply) => /<Code>(\w+)<\/Code>/.exec(reply.body)?.[1]
