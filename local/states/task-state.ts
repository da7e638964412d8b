import { evaluate, fillTemplate } from './evaluate.ts'
import { contextOf, dataText, note, type Performance, type Performed } from './flow.ts'
import { callLambda, childResult, startChild } from './integrations.ts'
import { type Call, parseResource } from './resources.ts'
import { asFailure, StateFailure, Stopped } from './state-failure.ts'
import { startTimer, stoppable } from './timers.ts'

type TaskCall = {
  performance: Performance
  call: Call
  token: string | undefined
  parameters: unknown
  timeoutInSeconds: number | undefined
  heartbeatInSeconds: number | undefined
}

export async function performTask(performance: Performance, input: unknown): Promise<Performed> {
  const { visit, state } = performance
  const task = await prepare(performance, input)
  recordScheduled(task)
  try {
    const result = await execute(task)
    if (visit.flow.signal.aborted) throw new Stopped()
    record(task, 'Succeeded', { output: dataText(result), outputDetails: { truncated: false } })
    if (state.ResultSelector === undefined) return { result }
    return { result: await fillTemplate(state.ResultSelector, result, performance.context) }
  } catch (error) {
    if (error instanceof Stopped || visit.flow.signal.aborted) throw new Stopped()
    const { error: name, cause } = asFailure(error)
    const timedOut = name === 'States.Timeout' || name === 'States.HeartbeatTimeout'
    record(task, timedOut ? 'TimedOut' : 'Failed', { error: name, cause })
    throw error
  }
}

async function prepare(performance: Performance, input: unknown): Promise<TaskCall> {
  const { visit, state } = performance
  const call = parseResource(state.Resource ?? '')
  if (!call) throw new StateFailure('States.Runtime', `the Resource ${state.Resource} cannot be run`)
  const { run } = visit.flow
  const token = call.mode === 'token' ? run.tokens.issue(run.arn) : undefined
  const context = token ? contextOf(visit, { Task: { Token: token } }) : performance.context
  const parameters =
    state.Parameters === undefined ? input : await fillTemplate(state.Parameters, input, context)
  const timeoutInSeconds = await seconds(performance, 'TimeoutSeconds', input)
  const heartbeatInSeconds = await seconds(performance, 'HeartbeatSeconds', input)
  return { performance, call, token, parameters, timeoutInSeconds, heartbeatInSeconds }
}

async function seconds(
  { state, context }: Performance,
  field: 'TimeoutSeconds' | 'HeartbeatSeconds',
  input: unknown,
): Promise<number | undefined> {
  const path = state[`${field}Path`]
  const given = path === undefined ? state[field] : await evaluate(path, input, context)
  if (given === undefined || (typeof given === 'number' && given > 0)) return given
  throw new StateFailure('States.Runtime', `${field} is ${JSON.stringify(given)}, not a positive number`)
}

function recordScheduled(task: TaskCall): void {
  const { call, parameters, timeoutInSeconds, heartbeatInSeconds, performance } = task
  const limits = { timeoutInSeconds, heartbeatInSeconds }
  const text = dataText(parameters)
  if (call.kind === 'function') {
    record(task, 'Scheduled', {
      resource: call.resource,
      input: text,
      inputDetails: { truncated: false },
      ...limits,
    })
    note(performance.visit.flow, 'LambdaFunctionStarted')
    return
  }
  const region = performance.visit.flow.run.machine.arn.split(':')[3]
  record(task, 'Scheduled', { region, parameters: text, ...limits })
  record(task, 'Started', {})
}

function record({ call, performance }: TaskCall, what: string, details: Record<string, unknown>): void {
  const isFunction = call.kind === 'function'
  const key = `${isFunction ? 'lambdaFunction' : 'task'}${what}EventDetails`
  const about = isFunction ? details : { resourceType: call.kind, resource: call.resource, ...details }
  note(performance.visit.flow, `${isFunction ? 'LambdaFunction' : 'Task'}${what}`, { [key]: about })
}

/** One try of a task: the work against its time-out, its heartbeat and the stop of its flow. */
function execute(task: TaskCall): Promise<unknown> {
  const { signal } = task.performance.visit.flow
  return stoppable<unknown>(signal, ({ resolve, reject }) => {
    const expire = (error: string) => () => reject(new StateFailure(error))
    const limit = task.timeoutInSeconds
    const cancelTimeout = limit === undefined ? undefined : startTimer(limit * 1000, expire('States.Timeout'))
    let cancelBeat: (() => void) | undefined
    const beat = () => {
      cancelBeat?.()
      const every = task.heartbeatInSeconds
      if (every === undefined || task.call.mode !== 'token') return
      cancelBeat = startTimer(every * 1000, expire('States.HeartbeatTimeout'))
    }
    beat()
    const dispose = begin(task, { resolve, reject, beat })
    return () => {
      cancelTimeout?.()
      cancelBeat?.()
      dispose()
    }
  })
}

type Resolvers = { resolve(value: unknown): void; reject(error: unknown): void; beat(): void }

function begin(task: TaskCall, ending: Resolvers): () => void {
  const { call, token } = task
  const { run } = task.performance.visit.flow
  if (call.mode === 'sync' || call.mode === 'sync:2') return followChild(task, ending)
  // The token may come back before the answer of the call that carried it.
  let over = false
  if (token) holdToken(task, token, ending)
  const submitted = async () =>
    call.kind === 'states' ? startChild(run, task.parameters) : callLambda(run, call, task.parameters)
  submitted()
    .then((output) => {
      if (!token) ending.resolve(output)
      else if (!over) recordSubmitted(task, output)
    })
    .catch(ending.reject)
  return () => {
    over = true
    if (token) run.tokens.forget(token)
  }
}

function recordSubmitted(task: TaskCall, output: unknown): void {
  record(task, 'Submitted', { output: JSON.stringify(output), outputDetails: { truncated: false } })
}

function holdToken({ performance }: TaskCall, token: string, { resolve, reject, beat }: Resolvers): void {
  performance.visit.flow.run.tokens.hold(token, {
    succeed: resolve,
    fail: (error, cause) => reject(new StateFailure(error, cause)),
    beat,
  })
}

function followChild(task: TaskCall, { resolve, reject }: Resolvers): () => void {
  const { run } = task.performance.visit.flow
  let running = true
  let arn: string
  let unlisten: () => void
  try {
    const started = startChild(run, task.parameters)
    arn = started.ExecutionArn
    recordSubmitted(task, started)
    unlisten = run.children.onEnd(arn, (description) => {
      running = false
      try {
        resolve(childResult(task.call.mode, description))
      } catch (error) {
        reject(error)
      }
    })
  } catch (error) {
    reject(error)
    return () => undefined
  }
  return () => {
    unlisten()
    if (running) run.children.stop(arn, `the execution ${run.arn} no longer waits for it`)
  }
}
