import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStates, type States } from '#local/states/step-functions.ts'
import type { BusEvent, InvokeResult } from '#local/types.ts'

export const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:work'
export const machineArn = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`

export type Handler = (payload: Record<string, unknown>) => unknown
export type Description = Record<string, unknown> & { status: string; output?: string }
export type HistoryEvent = Record<string, unknown> & { id: number; type: string; previousEventId: number }

/** Throwing this from a handler is what a Lambda function's own error looks like. */
export class FunctionError extends Error {
  readonly errorType: string
  constructor(errorType: string, message = 'it broke') {
    super(message)
    this.errorType = errorType
  }
}

export function deferred<T = unknown>() {
  return Promise.withResolvers<T>()
}

/** Looks again at each turn of the event loop. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setImmediate(resolve))
}

/** The service over a database of its own, with a Lambda that runs `handler`, and every event it published. */
export function createRig(folder = mkdtempSync(join(tmpdir(), 'states-'))) {
  const events: BusEvent[] = []
  const calls: unknown[] = []
  const waiting = new Map<string, (status: string) => void>()
  let handler: Handler = (payload) => payload
  const lambda = {
    async invoke(_name: string, payload: unknown): Promise<InvokeResult> {
      calls.push(payload)
      try {
        return { payload: await handler(payload as Record<string, unknown>) }
      } catch (error) {
        if (!(error instanceof FunctionError)) throw error
        return { payload: null, functionError: { errorType: error.errorType, errorMessage: error.message } }
      }
    },
  }
  const publish = (event: BusEvent) => {
    events.push(event)
    const { executionArn, status } = event.detail as { executionArn: string; status: string }
    if (status !== 'RUNNING') waiting.get(executionArn)?.(status)
  }
  const place = { region: 'us-east-1', account: '000000000000' }
  const service: States = createStates({ dbPath: join(folder, 'states.db'), ...place, lambda, publish })
  let registered = 0

  const call = async <T = Description>(operation: string, input: Record<string, unknown> = {}) =>
    (await service.handle(operation, input)) as T

  const rig = {
    folder,
    service,
    events,
    calls,
    call,
    onInvoke(next: Handler) {
      handler = next
    },
    register(definition: object, name = `machine-${++registered}`) {
      const roleArn = 'arn:aws:iam::000000000000:role/states'
      const arn = machineArn(name)
      service.register({ name, arn, definition: JSON.stringify(definition), type: 'STANDARD', roleArn })
      return arn
    },
    async start(definition: object, input: unknown = {}) {
      const stateMachineArn = rig.register(definition)
      return rig.startArn(stateMachineArn, input)
    },
    async startArn(stateMachineArn: string, input: unknown = {}) {
      const started = await call<{ executionArn: string }>('StartExecution', {
        stateMachineArn,
        input: JSON.stringify(input),
      })
      return started.executionArn
    },
    /** The description of the execution once it has ended. */
    async ended(executionArn: string): Promise<Description> {
      const { promise, resolve } = deferred<string>()
      waiting.set(executionArn, resolve)
      const now = await call('DescribeExecution', { executionArn })
      if (now.status === 'RUNNING') await promise
      return call('DescribeExecution', { executionArn })
    },
    async run(definition: object, input: unknown = {}) {
      return rig.ended(await rig.start(definition, input))
    },
    async history(executionArn: string, input: object = {}): Promise<HistoryEvent[]> {
      const options = { executionArn, maxResults: 1000, ...input }
      return (await call<{ events: HistoryEvent[] }>('GetExecutionHistory', options)).events
    },
    async types(executionArn: string) {
      return (await rig.history(executionArn)).map((event) => event.type)
    },
    /** Resolves once the Lambda was invoked this many times. */
    invoked: (count: number) => until(() => calls.length >= count),
    /** Resolves once so many events were published. */
    published: (count: number) => until(() => events.length >= count),
    /** Resolves once the execution has entered a state. */
    entered: (executionArn: string) =>
      until(async () => (await rig.types(executionArn)).some((type) => type.endsWith('StateEntered'))),
    /**
     * Runs another machine to its end. What a stopped flow still had to do was queued before it, so that nothing of
     * that flow can come any more.
     */
    async quiet() {
      const map = { Type: 'Map', MaxConcurrency: 1, ItemProcessor: machine({ P: pass() }), End: true }
      const items = Array.from({ length: 50 }, (_, index) => index)
      await rig.run(machine({ M: map }), items)
    },
    async close({ keep = false } = {}) {
      await service.close()
      if (!keep) rmSync(folder, { recursive: true })
    },
  }
  return rig
}

export type Rig = ReturnType<typeof createRig>

/** A machine of one state, or of several where the last one ends it. */
export function machine(states: Record<string, object>, rest: object = {}): object {
  return { StartAt: Object.keys(states)[0], States: states, ...rest }
}

const ending = (more: object) => ('Next' in more ? {} : { End: true })
export const task = (more: object = {}) => ({ Type: 'Task', Resource: FUNCTION, ...ending(more), ...more })
export const pass = (more: object = {}) => ({ Type: 'Pass', ...ending(more), ...more })
