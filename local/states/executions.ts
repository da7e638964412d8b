import type { BusEvent, LambdaInvoker } from '#local/types.ts'
import type { Body, Machine } from './definition.ts'
import { describe, statusEvent } from './describe.ts'
import { runStates } from './driver.ts'
import { asFailure, Stopped } from './failures.ts'
import { type Children, dataText, type EventNote, type Run } from './run.ts'
import type { End, ExecutionRow, Store } from './store.ts'
import { startTimer } from './timers.ts'
import type { Tokens } from './tokens.ts'

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const HISTORY_LIMIT = 25_000

export type Host = {
  store: Store
  tokens: Tokens
  lambda: LambdaInvoker
  region: string
  account: string
  publish(event: BusEvent): void
  children: Children
}

export type Launch = {
  row: ExecutionRow
  machine: Machine
  body: Body
  start: { at: string; data: unknown }
  first: Omit<EventNote, 'previous'>
  lastEvent: number
}

export type Executions = ReturnType<typeof createExecutions>

/** The executions that run in this process. A finished one leaves nothing behind but its rows. */
export function createExecutions(host: Host) {
  const live = new Map<string, ReturnType<typeof launch>>()
  let detached = false
  return {
    launch(order: Launch) {
      const running = launch(host, order, () => live.delete(order.row.arn))
      live.set(order.row.arn, running)
      publishStatus(host, order.row.arn)
      running.begin()
    },
    /** Ends a running execution now; false when it runs no more. */
    end(arn: string, end: End): boolean {
      // A parent that is let go must not stop the children it waits for: they are let go as well.
      return detached ? false : (live.get(arn)?.end(end) ?? false)
    },
    onEnd(arn: string, listener: (description: Record<string, unknown>) => void): () => void {
      const listeners = live.get(arn)?.listeners
      listeners?.add(listener)
      return () => listeners?.delete(listener)
    },
    /** Lets go of every execution; their rows stay RUNNING. */
    detachAll() {
      detached = true
      for (const running of [...live.values()]) running.detach()
    },
    has: (arn: string) => live.has(arn),
  }
}

export function publishStatus(host: Host, arn: string): ExecutionRow | undefined {
  let row: ExecutionRow | undefined
  try {
    row = host.store.find(arn)
    if (row) host.publish(statusEvent(row, host))
  } catch (error) {
    console.error(`the status event of ${arn} could not be published: ${(error as Error).message}`)
  }
  return row
}

function launch(host: Host, order: Launch, onOver: () => void) {
  const { row, machine, body } = order
  const stop = new AbortController()
  const listeners = new Set<(description: Record<string, unknown>) => void>()
  let cancelTimeout: (() => void) | undefined
  let over = false
  let lastEvent = order.lastEvent

  const append = ({ type, previous, details }: EventNote) => {
    lastEvent += 1
    host.store.addEvent({
      execution: row.id,
      id: lastEvent,
      previous,
      type,
      at_ms: Date.now(),
      details: details ? JSON.stringify(details) : null,
    })
    return lastEvent
  }

  const record = (event: EventNote) => {
    // A flow that was stopped still unwinds; nothing it says belongs to the history.
    if (over) return lastEvent
    if (lastEvent >= HISTORY_LIMIT - 1) {
      const cause = `The execution reached the maximum number of history events (${HISTORY_LIMIT}).`
      end({ status: 'FAILED', error: 'States.Runtime', cause })
      throw new Stopped()
    }
    return append(event)
  }

  const detach = () => {
    over = true
    cancelTimeout?.()
    onOver()
    stop.abort()
  }

  const end = (how: End): boolean => {
    if (over) return false
    append({ type: ENDINGS[how.status], previous: lastEvent, details: endDetails(how) })
    try {
      host.store.end(row.id, how, Date.now())
    } catch (error) {
      console.error(`the end of ${row.arn} could not be written: ${(error as Error).message}`)
    }
    detach()
    const ended = publishStatus(host, row.arn)
    for (const listener of listeners) if (ended) listener(describe(ended))
    return true
  }

  const run: Run = {
    arn: row.arn,
    name: row.name,
    machine,
    input: JSON.parse(row.input),
    startDate: row.start_ms,
    redriveCount: row.redrive_count,
    record,
    lambda: host.lambda,
    tokens: host.tokens,
    children: host.children,
  }

  const begin = () => {
    append({ previous: order.lastEvent, ...order.first })
    if (body.TimeoutSeconds !== undefined) {
      cancelTimeout = startTimer(body.TimeoutSeconds * 1000, () =>
        end({ status: 'TIMED_OUT', error: 'States.Timeout' }),
      )
    }
    const flow = { run, signal: stop.signal, lastEvent: order.lastEvent }
    runStates(flow, body, order.start)
      .then((output) => end({ status: 'SUCCEEDED', output: dataText(output) }))
      .catch((error) => error instanceof Stopped || end(failed(error)))
  }

  return { begin, end, detach, listeners }
}

function failed(error: unknown): End {
  const { error: name, cause } = asFailure(error)
  return { status: 'FAILED', error: name, cause }
}

const ENDINGS = {
  RUNNING: 'ExecutionStarted',
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const

export function endDetails({ status, output, error, cause }: End): Record<string, unknown> {
  const type = ENDINGS[status]
  const key = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`
  return { [key]: output === undefined ? { error, cause } : { output, outputDetails: { truncated: false } } }
}
