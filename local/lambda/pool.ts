import { AwsError, type InvokeResult, type LambdaInvoker } from '#local/types.ts'
import { type Environment, type LambdaFunction, startEnvironment } from './environment.ts'
import { type FunctionLog, openFunctionLog } from './function-log.ts'
import { PAYLOAD_LIMIT } from './messages.ts'
import { chooseNext, type Demand } from './schedule.ts'

export type { LambdaFunction } from './environment.ts'

export interface LambdaPool extends LambdaInvoker {
  /** Ends every environment at once; waiting invocations are refused. */
  close(): Promise<void>
  environments(): { functionName: string; pid: number; busy: boolean }[]
  /** Kills every environment as a crash would; the pool goes on. */
  killAll(): void
  functions(): readonly LambdaFunction[]
  /** The function of a name, a full or partial ARN, with or without `:$LATEST`; throws ResourceNotFoundException. */
  find(nameOrArn: string): LambdaFunction
}

export type LambdaPoolOptions = {
  functions: LambdaFunction[]
  logDir: string
  idleMs?: number
  maxEnvironments?: number
}

type Waiting = { payload: string; resolve(result: InvokeResult): void; reject(error: Error): void }
type Slot = { environment: Environment; busy: boolean; idleTimer?: NodeJS.Timeout }

export function createLambdaPool(options: LambdaPoolOptions): LambdaPool {
  const { idleMs = 20_000, maxEnvironments = 40 } = options
  const functions = new Map(options.functions.map((fn) => [fn.name, fn]))
  const logs = new Map<string, FunctionLog>()
  const queues = new Map<string, Waiting[]>(options.functions.map((fn) => [fn.name, []]))
  // Most recently used last: the oldest environments fall idle and are reaped.
  let slots: Slot[] = []
  let closed = false

  const find = (nameOrArn: string): LambdaFunction => {
    const fn = functions.get(functionNameOf(nameOrArn))
    if (fn) return fn
    throw new AwsError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, { status: 404 })
  }
  const logOf = (name: string): FunctionLog => {
    const log = logs.get(name) ?? openFunctionLog(options.logDir, name)
    logs.set(name, log)
    return log
  }
  const remove = (slot: Slot): void => {
    clearTimeout(slot.idleTimer)
    slots = slots.filter((other) => other !== slot)
  }
  const retire = (slot: Slot): void => {
    remove(slot)
    slot.environment.kill()
  }
  const start = (fn: LambdaFunction): Slot => {
    const slot: Slot = { environment: startEnvironment(fn, logOf(fn.name)), busy: false }
    slots.push(slot)
    void slot.environment.ended.then(() => {
      remove(slot)
      pump()
    })
    return slot
  }
  const release = (slot: Slot): void => {
    slot.busy = false
    if (slot.environment.gone || closed) retire(slot)
    else {
      slots = [...slots.filter((other) => other !== slot), slot]
      slot.idleTimer = setTimeout(() => retire(slot), idleMs).unref()
    }
    pump()
  }
  const serve = async (slot: Slot, waiting: Waiting): Promise<void> => {
    clearTimeout(slot.idleTimer)
    slot.busy = true
    const result = await slot.environment.invoke(waiting.payload)
    release(slot)
    waiting.resolve(result)
  }
  const demandOf = (fn: LambdaFunction): Demand => {
    const own = slots.filter((slot) => slot.environment.functionName === fn.name)
    const busy = own.filter((slot) => slot.busy).length
    return { name: fn.name, waiting: queues.get(fn.name)?.length ?? 0, busy, idle: own.length - busy }
  }
  const idleOf = (name: string): Slot | undefined =>
    slots.findLast(({ environment, busy }) => !busy && environment.functionName === name)

  function pump(): void {
    for (;;) {
      const next = closed ? undefined : chooseNext([...functions.values()].map(demandOf), maxEnvironments)
      if (next === undefined) return
      const evicted = next.evict === undefined ? undefined : slots.find(isIdle(next.evict))
      if (evicted) retire(evicted)
      const waiting = queues.get(next.name)?.shift()
      if (waiting) void serve(idleOf(next.name) ?? start(find(next.name)), waiting)
    }
  }

  const admit = (fn: LambdaFunction): void => {
    if (closed) throw new AwsError('ServiceException', 'the Lambda pool is closed', { status: 500 })
    const { busy, waiting } = demandOf(fn)
    if (fn.reservedConcurrency === undefined || busy + waiting < fn.reservedConcurrency) return
    const fields = { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' }
    throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', { status: 429, fields })
  }

  return {
    find,
    functions: () => [...functions.values()],
    async invoke(nameOrArn, payload) {
      const fn = find(nameOrArn)
      const text = textOf(payload)
      admit(fn)
      return new Promise((resolve, reject) => {
        queues.get(fn.name)?.push({ payload: text, resolve, reject })
        pump()
      })
    },
    environments: () =>
      slots.map(({ environment: { functionName, pid }, busy }) => ({ functionName, pid, busy })),
    killAll() {
      for (const { environment } of slots) environment.kill()
    },
    async close() {
      closed = true
      const refusal = new AwsError('ServiceException', 'the Lambda pool is closed', { status: 500 })
      for (const queue of queues.values()) for (const { reject } of queue.splice(0)) reject(refusal)
      const ending = slots.map(({ environment }) => environment.ended)
      for (const slot of [...slots]) retire(slot)
      await Promise.all(ending)
      for (const log of logs.values()) log.close()
    },
  }
}

const isIdle = (name: string) => (slot: Slot) => !slot.busy && slot.environment.functionName === name

function functionNameOf(nameOrArn: string): string {
  const parts = nameOrArn.split(':')
  const at = parts.lastIndexOf('function')
  return (at === -1 ? parts[0] : parts[at + 1]) ?? ''
}

function textOf(payload: unknown): string {
  const text = JSON.stringify(payload ?? {})
  const size = Buffer.byteLength(text)
  if (size <= PAYLOAD_LIMIT) return text
  const message = `${size} byte payload is too large for the RequestResponse invocation type (limit ${PAYLOAD_LIMIT} bytes)`
  throw new AwsError('RequestTooLargeException', message, { status: 413 })
}
