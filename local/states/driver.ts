import { setImmediate as macrotask } from 'node:timers/promises'
import type { Body, State, StateType } from './definition.ts'
import { selectPath } from './evaluate.ts'
import { contextOf, dataText, type Flow, note, type Visit } from './flow.ts'
import { applyResultPath } from './paths.ts'
import { performers } from './performers.ts'
import { asFailure, catcherFor, createRetries, type StateFailure, Stopped } from './state-failure.ts'
import { delay } from './timers.ts'

type Outcome = { output: unknown; next: string | undefined }

/** How many states may follow each other before timers and requests get their turn. */
const TURN = 32

// The library's own flow control starts queued Map items after an abort and knows neither task tokens nor the
// context of nested states; so the flow is ours and the library only evaluates data.
/** Runs a body from the state `at` to its end and gives its output. */
export async function runStates(
  flow: Flow,
  body: Body,
  start: { at: string; data: unknown },
): Promise<unknown> {
  let { at, data } = start
  for (let count = 1; ; count++) {
    if (flow.signal.aborted) throw new Stopped()
    const state = body.States[at] as State
    const { output, next } = await runState(flow, { name: at, state }, data)
    if (next === undefined) return output
    at = next
    data = output
    // A loop of Pass and Choice states would otherwise never let a StopExecution in.
    if (count % TURN === 0) await macrotask()
  }
}

const HAS_RESULT: ReadonlySet<StateType> = new Set<StateType>(['Task', 'Parallel', 'Map', 'Pass'])

type NamedState = { name: string; state: State }

async function runState(flow: Flow, { name, state }: NamedState, input: unknown): Promise<Outcome> {
  const enteredEvent = note(flow, `${state.Type}StateEntered`, {
    stateEnteredEventDetails: { name, input: dataText(input), inputDetails: { truncated: false } },
  })
  const enteredTime = new Date().toISOString()
  const visit: Visit = { flow, name, enteredTime, enteredEvent, retryCount: 0 }
  const outcome = await performWithRetries(visit, state, input)
  if (flow.signal.aborted) throw new Stopped()
  note(flow, `${state.Type}StateExited`, {
    stateExitedEventDetails: { name, output: dataText(outcome.output), outputDetails: { truncated: false } },
  })
  return outcome
}

async function performWithRetries(visit: Visit, state: State, input: unknown): Promise<Outcome> {
  const retryDelay = createRetries(state.Retry)
  for (;;) {
    try {
      return await performOnce(visit, state, input)
    } catch (error) {
      if (error instanceof Stopped) throw stopped(visit, state)
      const failure = located(asFailure(error), visit)
      const milliseconds = retryDelay(failure)
      if (milliseconds === undefined) return caught(state, input, failure)
      await delay(milliseconds, visit.flow.signal)
      visit.retryCount++
    }
  }
}

function stopped({ flow, name }: Visit, state: State): Stopped {
  note(flow, `${state.Type}StateAborted`, { stateExitedEventDetails: { name } })
  return new Stopped()
}

function located(failure: StateFailure, visit: Visit): StateFailure {
  if (failure.error !== 'States.Runtime' || failure.cause?.startsWith('An error occurred')) return failure
  const where = `'${visit.name}' (entered at the event id #${visit.enteredEvent})`
  return asFailure(new Error(`An error occurred while executing the state ${where}. ${failure.cause ?? ''}`))
}

function caught(state: State, input: unknown, failure: StateFailure): Outcome {
  const catcher = catcherFor(state.Catch, failure)
  if (!catcher) throw failure
  const { error, cause } = failure
  const result = {
    ...(error === undefined ? {} : { Error: error }),
    ...(cause === undefined ? {} : { Cause: cause }),
  }
  const output = applyResultPath(catcher.ResultPath, input, result)
  dataText(output)
  return { output, next: catcher.Next }
}

async function performOnce(visit: Visit, state: State, input: unknown): Promise<Outcome> {
  const context = contextOf(visit)
  const effective = await selectPath(state.InputPath, input, context)
  const { result, next } = await performers[state.Type]({ visit, state, context, runStates }, effective)
  if (visit.flow.signal.aborted) throw new Stopped()
  const merged = HAS_RESULT.has(state.Type) ? applyResultPath(state.ResultPath, input, result) : result
  const output = await selectPath(state.OutputPath, merged, context)
  dataText(output)
  return { output, next: next ?? state.Next }
}
