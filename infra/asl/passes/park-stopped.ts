import { OWN_STATES } from '#core/definition.ts'
import { ERROR_NAMES, FAILURE_NAMES } from '#core/errors.ts'
import { STEP_PARAMETERS } from '#core/template.ts'
import {
  type Catcher,
  innerScopes,
  type Retrier,
  type ScopeJson,
  type StateJson,
  taskMark,
} from '../definition.ts'
import { STOPPED } from '../error-names.ts'
import type { Pass, PassContext } from '../pass.ts'
import { rewriteScopes } from '../rewrite.ts'
import { EXECUTION } from './identify-tasks.ts'
import { LONG_WAITS } from './retry-tasks.ts'

/** The longest Wait there is; an execution is over after a year. */
const LONGEST_WAIT_SECONDS = 99_999_999
const BEFORE_ASKING_SECONDS = 60

/** A table that is away for an hour decides nothing. */
const ASKING_RETRIES: Retrier[] = [
  { ErrorEquals: [FAILURE_NAMES.ParkedWithoutAbort], MaxAttempts: 0 },
  { ErrorEquals: ['States.ALL'], ...LONG_WAITS, MaxAttempts: 20 },
]

/**
 * Leads each task that was stopped to a state of its own scope, where it waits for StopExecution: were it to
 * fail, Parallel and Map would stop the states of siblings whose code still runs.
 */
export const parkStopped: Pass = (definition, context) => {
  const names = nameParkings(definition)
  return rewriteScopes(definition, (scope, { original }) => {
    const parking = names.get(original)
    return parking ? parkIn(scope, parking, context) : scope
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

function parkIn(scope: ScopeJson, parking: string, context: PassContext): ScopeJson {
  const states = Object.entries(scope.States).map(([name, state]) => [
    name,
    taskMark(state) ? { ...state, Catch: catches(parking, state.Catch) } : state,
  ])
  return { ...scope, States: { ...Object.fromEntries(states), ...parkingStates(parking, context) } }
}

/** Before the author's: a Catch of everything must not swallow an abort. */
const catches = (parking: string, authors: Catcher[] = []): Catcher[] => [
  { ErrorEquals: STOPPED, ResultPath: null, Next: parking },
  ...authors,
]

/**
 * Whoever says that it was stopped waits a minute, in which the abort that it saw is written and siblings go on; then
 * the commit's function is asked whether anybody aborts the job. Where nobody does, that is the scope's failure.
 */
function parkingStates(name: string, { template, commitArn }: PassContext): Record<string, StateJson> {
  const asked = `${name}, asked`
  const waiting = `${name}, waiting`
  const over = `${name}, over`
  return {
    [name]: { Type: 'Wait', Seconds: BEFORE_ASKING_SECONDS, Next: asked },
    [asked]: {
      Type: 'Task',
      Resource: commitArn,
      Parameters: { [STEP_PARAMETERS]: { template: template.name, ...EXECUTION, parked: true } },
      ResultPath: null,
      Retry: ASKING_RETRIES,
      Next: waiting,
    },
    [waiting]: { Type: 'Wait', Seconds: LONGEST_WAIT_SECONDS, Next: over },
    [over]: { Type: 'Fail', Error: ERROR_NAMES.JobAborted, Cause: 'the job was aborted' },
  }
}
