import { ERROR_NAMES } from '#core/errors.ts'
import {
  type Catcher,
  innerScopes,
  OWN_STATES,
  type ScopeJson,
  type StateJson,
  taskMark,
} from '../definition.ts'
import { STOPPED } from '../error-names.ts'
import type { Pass } from '../pass.ts'
import { rewriteScopes } from '../rewrite.ts'

/** The longest Wait there is; an execution is over after a year. */
const LONGEST_WAIT_SECONDS = 99_999_999

/**
 * Leads each task that was stopped to a state of its own scope, where it waits for StopExecution: were it to
 * fail, Parallel and Map would stop the states of siblings whose code still runs.
 */
export const parkStopped: Pass = (definition) => {
  const names = nameParkings(definition)
  return rewriteScopes(definition, (scope, { original }) => {
    const parking = names.get(original)
    return parking ? parkIn(scope, parking) : scope
  })
}

/**
 * One parking per scope with marked tasks of its own, named in the order of the definition: Step Functions
 * refuses a state that nothing leads to.
 */
function nameParkings(definition: ScopeJson): Map<ScopeJson, string> {
  const names = new Map<ScopeJson, string>()
  const visit = (scope: ScopeJson): void => {
    const states = Object.values(scope.States)
    const number = names.size === 0 ? '' : ` ${names.size + 1}`
    if (states.some(taskMark)) names.set(scope, `${OWN_STATES} parked${number}`)
    for (const state of states) innerScopes(state).forEach(visit)
  }
  visit(definition)
  return names
}

function parkIn(scope: ScopeJson, parking: string): ScopeJson {
  const states = Object.entries(scope.States).map(([name, state]) => [
    name,
    taskMark(state) ? { ...state, Catch: catches(parking, state.Catch) } : state,
  ])
  return { ...scope, States: { ...Object.fromEntries(states), ...parkingStates(parking) } }
}

/** Before the author's: a Catch of everything must not swallow an abort. */
const catches = (parking: string, authors: Catcher[] = []): Catcher[] => [
  { ErrorEquals: STOPPED, ResultPath: null, Next: parking },
  ...authors,
]

function parkingStates(name: string): Record<string, StateJson> {
  const over = `${name}, over`
  return {
    [name]: { Type: 'Wait', Seconds: LONGEST_WAIT_SECONDS, Next: over },
    [over]: { Type: 'Fail', Error: ERROR_NAMES.JobAborted, Cause: 'the job was aborted' },
  }
}
