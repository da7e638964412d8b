import { choose } from './choice-state.ts'
import type { StateType } from './definition.ts'
import { evaluate, fillTemplate } from './evaluate.ts'
import type { Performance, Performed } from './flow.ts'
import { performMap, performParallel } from './nested.ts'
import { StateFailure } from './state-failure.ts'
import { performTask } from './task-state.ts'
import { delay } from './timers.ts'

type Performer = (performance: Performance, input: unknown) => Promise<Performed>

export const performers: Record<StateType, Performer> = {
  Task: performTask,
  Parallel: performParallel,
  Map: performMap,
  Wait: performWait,
  Fail: performFail,
  async Pass({ state, context }, input) {
    if (state.Result !== undefined) return { result: state.Result }
    if (state.Parameters === undefined) return { result: input }
    return { result: await fillTemplate(state.Parameters, input, context) }
  },
  async Choice({ state, context }, input) {
    return { result: input, next: await choose(state, input, context) }
  },
  async Succeed(_performance, input) {
    return { result: input }
  },
}

async function performWait({ visit, state, context }: Performance, input: unknown): Promise<Performed> {
  const path = state.SecondsPath ?? state.TimestampPath
  const given = path === undefined ? (state.Seconds ?? state.Timestamp) : await evaluate(path, input, context)
  const milliseconds = typeof given === 'number' ? given * 1000 : Date.parse(String(given)) - Date.now()
  if (Number.isNaN(milliseconds) || (typeof given === 'number' && given < 0)) {
    throw new StateFailure('States.Runtime', `the time to wait is ${JSON.stringify(given)}`)
  }
  await delay(milliseconds, visit.flow.signal)
  return { result: input }
}

async function performFail({ state, context }: Performance, input: unknown): Promise<Performed> {
  const read = async (path: string) => String(await evaluate(path, input, context))
  const error = state.ErrorPath === undefined ? state.Error : await read(state.ErrorPath)
  const cause = state.CausePath === undefined ? state.Cause : await read(state.CausePath)
  throw new StateFailure(error, cause)
}
