import { hasSteps, innerScopes, type ScopeJson, type StateJson, stepMark } from '../definition.ts'
import { isFromSteps } from '../map-index.ts'
import { OWN_STATES } from './park-stopped.ts'

const STEP_NAME = /^[a-z0-9-]{1,64}$/

/** The chain cannot be made abortable. */
export class ChainRefusedError extends Error {
  override readonly name = 'ChainRefusedError'
}

/** Throws at synth what would only be found when a job is aborted. */
export function checkChain(machine: ScopeJson, template: string): void {
  const refuse = (reason: string): never => {
    throw new ChainRefusedError(`the job ${template}: ${reason}`)
  }
  if (!hasSteps(machine)) refuse('its chain has no step: make at least one with steps.task()')
  const ends = Object.values(machine.States).some(({ End, Type }) => End || Type === 'Succeed')
  if (!ends) refuse('no way through its chain ends well: let one end without Fail, so that it can commit')
  const names = new Set<string>()
  const check = (scope: ScopeJson, mapped: boolean): void => {
    if (scope.QueryLanguage === 'JSONata')
      refuse('its chain is JSONata: only JSONPath chains can be made abortable')
    for (const [name, state] of Object.entries(scope.States)) {
      const reason = whyNot(name, state, mapped)
      if (reason) refuse(reason)
      if (stepMark(state) && names.has(name)) refuse(`two of its steps are named ${name}: name each once`)
      if (stepMark(state)) names.add(name)
      for (const inner of innerScopes(state)) check(inner, mapped || state.Type === 'Map')
    }
  }
  check(machine, false)
}

function whyNot(name: string, state: StateJson, mapped: boolean): string | undefined {
  if (state.QueryLanguage === 'JSONata') {
    return `the state ${name} is JSONata: only JSONPath states can be made abortable`
  }
  if (name.startsWith(OWN_STATES)) return `the state name ${name} is reserved: begin it with another word`
  return stepMark(state) ? whyNotStep(name, state, mapped) : whyNotMap(name, state)
}

function whyNotStep(name: string, state: StateJson, mapped: boolean): string | undefined {
  const { step } = stepMark(state)!
  if (step !== name) return `the state ${name} runs the step ${step}: a step's state has its name`
  if (!STEP_NAME.test(name)) return `the step name ${name} is not of 1 to 64 characters of a-z, 0-9 and -`
  const losesIndex = state.ResultPath === '$' || state.OutputPath !== undefined
  if (mapped && losesIndex) {
    return `the step ${name} in a Map drops $.index: give it a resultPath below $, and no outputPath`
  }
  return undefined
}

function whyNotMap(name: string, state: StateJson): string | undefined {
  if (state.Type !== 'Map') return undefined
  const scope = state.ItemProcessor ?? state.Iterator
  if (!scope || !hasSteps(scope)) return undefined
  if (scope.ProcessorConfig?.Mode === 'DISTRIBUTED') {
    return `the Map ${name} is distributed: its children are executions of their own; use steps.map()`
  }
  if (!state.ItemProcessor) return `the Map ${name} has an iterator: use itemProcessor()`
  return isFromSteps(state) ? undefined : `the Map ${name} has steps inside: make it with steps.map()`
}
