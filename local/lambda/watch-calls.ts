import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { AwsCall } from './worker-messages.ts'

/** Names in the body of a JSON service that say what an operation works on. */
const NAMES =
  /"(TableName|IndexName|stateMachineArn|executionArn|EventBusName|QueueUrl|SecretId)"\s*:\s*"([^"]{1,512})"/g
const TOLD_AT_MOST = 1_000

/**
 * Tells each kind of call that the function makes to AWS in its own name, once: which permission it needs is asked
 * elsewhere. Bundled into the worker: only types and built-in modules here.
 */
export function watchCalls(tell: (call: AwsCall) => void): void {
  const hosts = [process.env.AWS_ENDPOINT_URL, process.env.AWS_ENDPOINT_URL_DYNAMODB]
    .filter((url) => url !== undefined)
    .map((url) => new URL(url).host)
  const told = new Set<string>()
  subscribe('http.client.request.created', (message) => {
    const { request } = message as { request: ClientRequest }
    if (told.size > TOLD_AT_MOST || !hosts.includes(String(request.getHeader('host')))) return
    // A store's own credentials have permissions of their own.
    if (!String(request.getHeader('authorization')).includes(`Credential=${process.env.AWS_ACCESS_KEY_ID}/`))
      return
    // The body is not written yet: what it names is read as it passes.
    const { write, end } = request
    let seen = false
    const look = (chunk: unknown): void => {
      if (seen) return
      seen = true
      const call = callOf(request, chunk)
      const kind = JSON.stringify({ ...call, path: kindOf(call) })
      if (told.has(kind)) return
      told.add(kind)
      tell(call)
    }
    request.write = passing(write, request, look)
    request.end = passing(end, request, look)
  })
}

/** The method, which shows its first argument to somebody before. */
function passing<Method>(method: Method, request: ClientRequest, look: (chunk: unknown) => void): Method {
  const passed = (...args: unknown[]): unknown => {
    look(args[0])
    return (method as (...args: unknown[]) => unknown).apply(request, args)
  }
  return passed as Method
}

function callOf(request: ClientRequest, chunk: unknown): AwsCall {
  const header = (name: string): string | null => {
    const value = request.getHeader(name)
    return value === undefined ? null : String(value)
  }
  const target = header('x-amz-target')
  const names =
    target === null ? [] : [...bodyOf(chunk).matchAll(NAMES)].map(([, name, value]) => `${name}=${value}`)
  return {
    target,
    method: request.method,
    path: target === null ? request.path : '/',
    copySource: header('x-amz-copy-source'),
    tagged: header('x-amz-tagging') !== null,
    // An execution has another name each time.
    names: [...new Set(names.map((name) => name.replace(/^(executionArn=.*):[^:]*$/, '$1:*')))].sort(),
  }
}

const bodyOf = (chunk: unknown): string =>
  typeof chunk === 'string' ? chunk : chunk instanceof Uint8Array ? Buffer.from(chunk).toString('latin1') : ''

/** Objects of one folder of a bucket are one kind. */
function kindOf({ path }: AwsCall): string {
  const [place = '', query = ''] = path.split('?')
  const folder = place.split('/').slice(0, 3).join('/')
  const isDeep = place.split('/').length > 3
  return `${isDeep ? folder : place.split('/').slice(0, 2).join('/')} ${[...new URLSearchParams(query).keys()].join(' ')}`
}
