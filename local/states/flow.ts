import type { LambdaInvoker } from '#local/types.ts'
import type { Body, Machine, State } from './definition.ts'
import type { Context } from './evaluate.ts'
import { StateFailure } from './state-failure.ts'
import type { Tokens } from './task-tokens.ts'

export type EventNote = { type: string; previous: number; details?: Record<string, unknown> }

export type Children = {
  start(parameters: Record<string, unknown>): { executionArn: string; startDate: number }
  stop(executionArn: string, cause: string): void
  /** Calls back once with the description the execution ended with; returns how to stop listening. */
  onEnd(executionArn: string, listener: (description: Record<string, unknown>) => void): () => void
}

/** One execution while it runs, as its states see it. */
export type Run = {
  arn: string
  name: string
  machine: Machine
  input: unknown
  startDate: number
  redriveCount: number
  record(event: EventNote): number
  lambda: LambdaInvoker
  tokens: Tokens
  children: Children
}

/** One thread of control: the machine itself, a Parallel branch or a Map item. */
export type Flow = { run: Run; signal: AbortSignal; lastEvent: number }

export function note(flow: Flow, type: string, details?: Record<string, unknown>): number {
  flow.lastEvent = flow.run.record({ type, previous: flow.lastEvent, ...(details ? { details } : {}) })
  return flow.lastEvent
}

/** Flows that end together: the first failure stops the others at once, before any of them goes on. */
export function openGroup(parent: Flow) {
  const controller = new AbortController()
  const stop = () => controller.abort()
  if (parent.signal.aborted) stop()
  parent.signal.addEventListener('abort', stop)
  const group = {
    signal: controller.signal,
    failure: undefined as unknown,
    fail(error: unknown): never {
      if (!controller.signal.aborted) group.failure = error
      stop()
      throw error
    },
    close: () => parent.signal.removeEventListener('abort', stop),
    fork: (lastEvent: number): Flow => ({ run: parent.run, signal: controller.signal, lastEvent }),
  }
  return group
}

export type Visit = {
  flow: Flow
  name: string
  enteredTime: string
  enteredEvent: number
  retryCount: number
}

export type Performance = {
  visit: Visit
  state: State
  context: Context
  runStates(flow: Flow, body: Body, start: { at: string; data: unknown }): Promise<unknown>
}

export type Performed = { result: unknown; next?: string }

// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
export function contextOf({ flow, name, enteredTime, retryCount }: Visit, extra: Context = {}): Context {
  const { run } = flow
  return {
    Execution: {
      Id: run.arn,
      Input: run.input,
      Name: run.name,
      RoleArn: run.machine.roleArn,
      StartTime: new Date(run.startDate).toISOString(),
      RedriveCount: run.redriveCount,
    },
    State: { Name: name, EnteredTime: enteredTime, RetryCount: retryCount },
    StateMachine: { Id: run.machine.arn, Name: run.machine.name },
    ...extra,
  }
}

export const DATA_LIMIT = 262_144

/** A state's output is the next state's input: the same object, asked for twice in a row. */
const texts = new WeakMap<object, string>()

/** The JSON text of a state's data, refused above 256 KB. */
export function dataText(value: unknown): string {
  const key = typeof value === 'object' && value !== null ? value : undefined
  const known = key && texts.get(key)
  if (known !== undefined) return known
  const text = JSON.stringify(value) ?? 'null'
  if (text.length > DATA_LIMIT / 4 && Buffer.byteLength(text) > DATA_LIMIT) {
    const cause =
      'the state returned a result with a size exceeding the maximum number of bytes service limit'
    throw new StateFailure('States.DataLimitExceeded', cause)
  }
  if (key) texts.set(key, text)
  return text
}
