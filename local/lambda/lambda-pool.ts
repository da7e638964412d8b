import { AwsError, type InvokeResult, type LambdaInvoker } from '#local/types.ts'
import { type CallWatch, functionId, type LambdaFunction } from './environment.ts'
import type { EnvironmentRecord } from './environment-record.ts'
import { Fleet } from './fleet.ts'
import { chooseNext } from './placement.ts'
import { PAYLOAD_LIMIT } from './worker-messages.ts'

export type { LambdaFunction } from './environment.ts'

export interface LambdaPool extends LambdaInvoker {
  /** Ends every environment at once; waiting invocations are refused. */
  close(): Promise<void>
  environments(): { functionName: string; pid: number; busy: boolean }[]
  /** With their published versions. */
  functions(): LambdaFunction[]
  /** The function of a name, a full or partial ARN, or the version it names; throws ResourceNotFoundException. */
  find(nameOrArn: string): LambdaFunction
  /**
   * The code of a function and of its newest version, which is the one that definitions name, for every invocation from
   * now on. The folder must stay as it is.
   */
  replaceCode(functionName: string, codeDir: string): void
  /** A published version, or a function with all of them: nothing new runs in it. */
  delete(fn: LambdaFunction): void
}

export type LambdaPoolOptions = {
  functions: LambdaFunction[]
  logDir: string
  /** Remembers the environments, for the next runtime. */
  record?: EnvironmentRecord
  watch?: CallWatch
  /** How long a free environment is kept warm. @default 20 s */
  idleMs?: number
  /** @default 40 */
  maxEnvironments?: number
}

type Waiting = { payload: string; resolve(result: Promise<InvokeResult>): void; reject(error: Error): void }
type Entry = { fn: LambdaFunction; queue: Waiting[] }

export function createLambdaPool(options: LambdaPoolOptions): LambdaPool {
  const { logDir, record, idleMs = 20_000, maxEnvironments = 40 } = options
  const entries = new Map<string, Entry>(options.functions.map((fn) => [functionId(fn), { fn, queue: [] }]))
  const fleet = new Fleet({ logDir, idleMs, record, watch: options.watch, onFree: serve })
  let closed = false
  let again: NodeJS.Timeout | undefined

  function serve(): void {
    serveWaiting()
    clearTimeout(again)
    const isWaiting = [...entries.values()].some(({ queue }) => queue.length > 0)
    if (isWaiting) again = setTimeout(serve, fleet.patienceMs).unref()
  }
  function serveWaiting(): void {
    while (!closed) {
      const demands = [...entries]
        .map(([name, { fn, queue }]) => ({ name, fn, waiting: queue.length, ...fleet.count(name) }))
        // Old versions that nobody calls would keep places reserved for them.
        .filter(({ fn, waiting, busy, idle }) => fn.version === undefined || waiting + busy + idle > 0)
      const next = chooseNext(demands, maxEnvironments)
      const entry = entries.get(next?.name ?? '')
      const waiting = entry?.queue.shift()
      if (!entry || !waiting) return
      if (next?.evict) fleet.evict(next.evict)
      waiting.resolve(fleet.run(entry.fn, waiting.payload))
    }
  }
  /** Of the function in all its versions, as its reserved concurrency counts them. */
  const taken = (name: string): number =>
    [...entries]
      .filter(([, { fn }]) => fn.name === name)
      .reduce((sum, [id, { queue }]) => sum + fleet.count(id).busy + queue.length, 0)
  const invoke = (nameOrArn: string, payload: unknown): Promise<InvokeResult> => {
    const { fn, queue } = entryOf(entries, nameOrArn)
    const text = textOf(payload)
    if (closed) throw poolClosed()
    if (fn.reservedConcurrency !== undefined) checkConcurrency(fn.reservedConcurrency, taken(fn.name))
    return new Promise((resolve, reject) => {
      queue.push({ payload: text, resolve, reject })
      serve()
    })
  }

  return {
    invoke: async (nameOrArn, payload) => invoke(nameOrArn, payload),
    find: (nameOrArn) => entryOf(entries, nameOrArn).fn,
    functions: () => [...entries.values()].map(({ fn }) => fn),
    environments: () => fleet.list(),
    replaceCode(functionName, codeDir) {
      const { fn: latest } = entryOf(entries, functionName)
      const own = [...entries.values()].filter(({ fn }) => fn.name === latest.name)
      const newest = Math.max(...own.map(({ fn }) => numberOf(fn)))
      for (const entry of own) {
        if (entry.fn.version !== undefined && numberOf(entry.fn) !== newest) continue
        entry.fn = { ...entry.fn, codeDir }
        fleet.renew(functionId(entry.fn))
      }
    },
    delete({ name, version }) {
      for (const [id, { fn, queue }] of entries) {
        if (fn.name !== name || (version !== undefined && fn.version !== version)) continue
        entries.delete(id)
        for (const { reject } of queue) reject(notFound(fn.arn))
      }
    },
    async close() {
      closed = true
      clearTimeout(again)
      for (const { queue } of entries.values()) for (const { reject } of queue.splice(0)) reject(poolClosed())
      await fleet.close()
    },
  }
}

const numberOf = ({ version = '0' }: LambdaFunction): number => Number(version)

function entryOf(entries: Map<string, Entry>, nameOrArn: string): Entry {
  const parts = nameOrArn.split(':')
  const at = parts.lastIndexOf('function') + 1
  const [name = '', qualifier = '$LATEST'] = parts.slice(at)
  const entry = entries.get(qualifier === '$LATEST' ? name : `${name}:${qualifier}`)
  if (entry) return entry
  throw notFound(nameOrArn)
}

function notFound(nameOrArn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, { status: 404 })
}

function checkConcurrency(reserved: number, taken: number): void {
  if (taken < reserved) return
  const fields = { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' }
  throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', { status: 429, fields })
}

function textOf(payload: unknown): string {
  const text = serialized(payload ?? {})
  const size = Buffer.byteLength(text)
  if (size <= PAYLOAD_LIMIT) return text
  const message = `${size} byte payload is too large for the RequestResponse invocation type (limit ${PAYLOAD_LIMIT} bytes)`
  throw new AwsError('RequestTooLargeException', message, { status: 413 })
}

function serialized(payload: unknown): string {
  try {
    return JSON.stringify(payload)
  } catch (error) {
    // Text can be read at any depth, and written only as deep as the stack goes.
    const reason = error instanceof RangeError ? 'it is nested too deeply' : (error as Error).message
    throw new AwsError('InvalidRequestContentException', `could not serialize the payload: ${reason}`)
  }
}

function poolClosed(): AwsError {
  return new AwsError('ServiceException', 'the Lambda pool is closed', { status: 500 })
}
