import type { BusEvent, LambdaInvoker } from '#local/types.ts'
import type { Body, Machine } from './definition.ts'
import { describe } from './description.ts'
import { runStates } from './driver.ts'
import type { End, ExecutionLog, ExecutionRow } from './execution-log.ts'
import { type Children, dataText, type EventNote, type Run } from './flow.ts'
import { createRecorder, HISTORY_LIMIT } from './recorder.ts'
import { asFailure, Stopped } from './state-failure.ts'
import { endNote, publishStatus } from './status.ts'
import type { Tokens } from './task-tokens.ts'
import { startTimer } from './timers.ts'

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
const CAUSE_LIMIT = 32_768

export type Host = {
  log: ExecutionLog
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
    launch(launched: Launch) {
      const running = launch(host, launched, () => live.delete(launched.row.arn))
      live.set(launched.row.arn, running)
      publishStatus(host, launched.row.arn)
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

function launch(host: Host, launched: Launch, onOver: () => void) {
  const { row, body } = launched
  const recorder = createRecorder(host.log, row.id, launched.lastEvent)
  const stop = new AbortController()
  const listeners = new Set<(description: Record<string, unknown>) => void>()
  let cancelTimeout: (() => void) | undefined
  let over = false

  const detach = () => {
    over = true
    cancelTimeout?.()
    onOver()
    stop.abort()
  }

  const end = (how: End, at = Date.now()): boolean => {
    if (over) return false
    recorder.append(endNote(how, recorder.last))
    writeEnd(host, row, { ...how, at })
    detach()
    const ended = publishStatus(host, row.arn)
    for (const listener of listeners) if (ended) listener(describe(ended))
    return true
  }

  const record = (event: EventNote) => {
    // A flow that was stopped still unwinds; nothing it says belongs to the history.
    if (over) return recorder.last
    if (!recorder.isFull) return recorder.append(event)
    const cause = `The execution reached the maximum number of history events (${HISTORY_LIMIT}).`
    end({ status: 'FAILED', error: 'States.Runtime', cause })
    throw new Stopped()
  }

  const begin = () => {
    if (over) return
    if (body.TimeoutSeconds !== undefined) {
      const due = (row.redrive_ms ?? row.start_ms) + body.TimeoutSeconds * 1000
      const timedOut = () => end({ status: 'TIMED_OUT', error: 'States.Timeout' }, due)
      cancelTimeout = startTimer(due - Date.now(), timedOut)
    }
    const flow = { run: runOf(host, launched, record), signal: stop.signal, lastEvent: launched.lastEvent }
    runStates(flow, body, launched.start)
      .then((output) => end({ status: 'SUCCEEDED', output: dataText(output) }))
      .catch((error) => error instanceof Stopped || end(failed(error)))
  }

  recorder.append({ previous: launched.lastEvent, ...launched.first })
  return { begin, end, detach, listeners }
}

function runOf(host: Host, { row, machine }: Launch, record: Run['record']): Run {
  return {
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
}

/** A row that cannot be written stays RUNNING, and the next start reports it ABORTED. */
function writeEnd(host: Host, row: ExecutionRow, { at, ...how }: End & { at: number }): void {
  try {
    host.log.end(row.id, how, at)
  } catch (error) {
    console.error(`the end of ${row.arn} could not be written: ${(error as Error).message}`)
  }
}

function failed(error: unknown): End {
  const { error: name, cause } = asFailure(error)
  return { status: 'FAILED', error: name, cause: cause?.slice(0, CAUSE_LIMIT) }
}
