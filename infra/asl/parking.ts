import { ERROR_NAMES } from '#core/errors.ts'
import { hasSteps, innerScopes, type ScopeJson, type StateJson } from './definition.ts'

/** Names of the states that are added; the author's may not begin so. */
export const OWN_STATES = 'Standdown'
export const COMMIT = `${OWN_STATES} commit`

/** The longest Wait there is; an execution is over after a year. */
const LONGEST_WAIT_SECONDS = 99_999_999

/**
 * Where a stopped step's branch waits for StopExecution: were it to fail, Parallel and Map would stop the
 * states of siblings whose code still runs.
 */
export function parkingStates(name: string): Record<string, StateJson> {
  const over = `${name}, over`
  return {
    [name]: { Type: 'Wait', Seconds: LONGEST_WAIT_SECONDS, Next: over },
    [over]: { Type: 'Fail', Error: ERROR_NAMES.JobAborted, Cause: 'the job was aborted' },
  }
}

/** One parking per scope that has steps, named in the order of the definition. */
export function nameParkings(machine: ScopeJson): Map<ScopeJson, string> {
  const names = new Map<ScopeJson, string>()
  const visit = (scope: ScopeJson): void => {
    if (!hasSteps(scope)) return
    const number = names.size + 1
    names.set(scope, number === 1 ? `${OWN_STATES} parked` : `${OWN_STATES} parked ${number}`)
    for (const state of Object.values(scope.States)) innerScopes(state).forEach(visit)
  }
  visit(machine)
  return names
}
