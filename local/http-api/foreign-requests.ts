import type { IncomingMessage } from 'node:http'

export type Refusal = { status: number; title: string; detail: string }

/** Whether the request names this very server: a web page that resolved its own name to loopback does not. */
export function refuseForeign(req: IncomingMessage): Refusal | undefined {
  const port = req.socket.localPort
  const own = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`)
  const { host, origin } = req.headers
  if (!own.includes(host ?? ''))
    return forbidden(`host '${host}' is not this server; use http://127.0.0.1:${port}`)
  if (origin !== undefined && !own.some((name) => origin === `http://${name}`))
    return forbidden(`origin '${origin}' may not call this server`)
  return fromForeignPage(req) ? forbidden('another web page may not call this server') : undefined
}

/** A browser sends no Origin with an image or a frame that a foreign page shows; a link may be followed. */
function fromForeignPage({ method, headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site']
  if (site !== 'cross-site' && site !== 'same-site') return false
  const follows = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return !(follows && method === 'GET')
}

function forbidden(detail: string): Refusal {
  return { status: 403, title: 'Forbidden', detail }
}

const JSON_TYPE = /^application\/(json|[a-z0-9.-]+\+json)\s*(;|$)/i

/** A web page can send a form or plain text anywhere without asking; JSON it cannot. */
export function refuseNotJson(req: IncomingMessage): Refusal | undefined {
  const { 'content-length': length, 'transfer-encoding': encoding, 'content-type': type } = req.headers
  const hasBody = encoding !== undefined || Number(length ?? 0) > 0
  if (!hasBody || JSON_TYPE.test(type ?? '')) return undefined
  const detail = `content-type '${type ?? ''}' is not accepted; send application/json`
  return { status: 415, title: 'Unsupported Media Type', detail }
}
