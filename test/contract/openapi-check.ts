import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { openApi } from '#contract/openapi.ts'

type Content = Record<string, { schema: object; example?: unknown }>
type Described = { $ref?: string; content?: Content; headers?: Record<string, { required?: boolean }> }
type Operation = {
  operationId: string
  requestBody?: { content: Content }
  responses: Record<string, Described>
}
type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { responses: Record<string, Described> }
}

/** What was asked and answered, as it went over the wire. */
export type Exchange = {
  method: string
  /** With its query. */
  url: string
  sent?: string | undefined
  status: number
  headers: Headers
  received: string
}

const document = openApi() as Document
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema({ ...document, $id: 'openapi' })

const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1')
const schemaAt = (...path: string[]) =>
  ajv.getSchema(`openapi#/${path.map(escaped).map(encodeURIComponent).join('/')}`)!

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)

/** Literal paths first: `/nodes/detail` before `/nodes/{ident}`. */
const PATHS = Object.keys(document.paths)
  .toSorted((a, b) => a.split('{').length - b.split('{').length)
  .map((path) => ({ path, pattern: patternOf(path) }))

/** OpenStack's clients end paths with a slash, and put the base before what has it already. */
const withoutOddities = (path: string): string =>
  path.replace(/^(\/baremetal|\/infra-optim)\1/, '$1').replace(/(?<=.)\/$/, '')

/** The refusals of paths and methods that no door has. */
function unknown({ url, status }: Exchange): string | string[] {
  const foreign = /^\/(baremetal|infra-optim)(\/|$)/.test(url)
  const refusals = foreign ? { 404: 'Fault404', 405: 'Fault405', 406: 'Fault406' } : { 404: 'Problem404' }
  return (
    (refusals as Record<number, string>)[status] ?? [
      `the document has no such route, and it answers ${status}`,
    ]
  )
}

/** What of the exchange is not as the OpenAPI document says: one line each. */
export function faultsOf(exchange: Exchange): string[] {
  const { method, url, status } = exchange
  const path = withoutOddities(url.split('?')[0] ?? '')
  const known = PATHS.find(({ pattern }) => pattern.test(path))?.path
  const operation = known && document.paths[known]?.[method.toLowerCase()]
  const faults = operation
    ? ofOperation(exchange, operation, ['paths', known, method.toLowerCase()])
    : ofNoRoute(exchange)
  return faults.map((fault) => `${method} ${url} ${status}: ${fault}`)
}

function ofNoRoute(exchange: Exchange): string[] {
  const name = unknown(exchange)
  if (typeof name !== 'string') return name
  return ofResponse(exchange, document.components.responses[name]!, ['components', 'responses', name])
}

function ofOperation(exchange: Exchange, operation: Operation, at: string[]): string[] {
  const status = String(exchange.status)
  const response = operation.responses[status]
  if (!response) return [`the document has ${Object.keys(operation.responses).join(', ')}`]
  const name = response.$ref?.split('/').at(-1)
  const resolved = name ? document.components.responses[name]! : response
  const place = name ? ['components', 'responses', name] : [...at, 'responses', status]
  return [...ofResponse(exchange, resolved, place), ...ofRequest(exchange, operation, at)]
}

function ofResponse({ headers, received }: Exchange, response: Described, at: string[]): string[] {
  const missing = Object.keys(response.headers ?? {}).filter((name) => !headers.has(name))
  const faults = missing.map((name) => `the header ${name} is missing`)
  if (!response.content) return received === '' ? faults : [...faults, 'it should have no body']
  const type = headers.get('content-type')?.split(';')[0] ?? ''
  if (!response.content[type]) return [...faults, `its content type is ${type || 'missing'}`]
  return [...faults, ...ofBody(received, [...at, 'content', type, 'schema'])]
}

/** A request that was accepted is one that the document allows. */
function ofRequest({ sent, status }: Exchange, { requestBody }: Operation, at: string[]): string[] {
  if (!requestBody || status >= 300 || !sent) return []
  return ofBody(sent, [...at, 'requestBody', 'content', 'application/json', 'schema']).map(
    (fault) => `the request was taken, though ${fault}`,
  )
}

function ofBody(text: string, schema: string[]): string[] {
  const validate = schemaAt(...schema)
  if (validate(JSON.parse(text))) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath || 'the body'} ${message}`,
  )
}

/** As `fetch`, but an exchange that is not as the document says is an error. */
export async function checkedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init)
  const sent = await request.clone().text()
  const answer = await fetch(request)
  const { pathname, search } = new URL(request.url)
  const faults = faultsOf({
    method: request.method,
    url: pathname + search,
    sent,
    status: answer.status,
    headers: answer.headers,
    received: await answer.clone().text(),
  })
  if (faults.length > 0) throw new Error(`not as docs/openapi.json says: ${faults.join('; ')}`)
  return answer
}
