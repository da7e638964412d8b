import { ERROR_NAMES } from '#core/errors.ts'
import { innerScopes, type ScopeJson, type StateJson, stepMark } from '../definition.ts'

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

/**
 * One parking per scope with steps of its own, named in the order of the definition: Step Functions refuses
 * a state that nothing leads to. The machine itself always has one, for the commit.
 */
export function nameParkings(machine: ScopeJson): Map<ScopeJson, string> {
  const names = new Map<ScopeJson, string>([[machine, `${OWN_STATES} parked`]])
  const visit = (scope: ScopeJson): void => {
    const states = Object.values(scope.States)
    if (scope !== machine && states.some(stepMark)) names.set(scope, `${OWN_STATES} parked ${names.size + 1}`)
    for (const state of states) innerScopes(state).forEach(visit)
  }
  visit(machine)
  return names
}
