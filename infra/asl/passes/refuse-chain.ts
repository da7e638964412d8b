import { OWN_STATES } from '#core/definition.ts'
import { hasSteps, innerScopes, type ScopeJson, type StateJson, stepMark } from '../definition.ts'
import { hasItemSelector } from '../map-index.ts'
import type { Pass } from '../pass.ts'

const STEP_NAME = /^[a-z0-9-]{1,64}$/

/** The chain cannot be made abortable. */
export class ChainRefusedError extends Error {
  override readonly name = 'ChainRefusedError'
}

/** Changes nothing. Throws at synth what would only be found when a job is aborted. */
export const refuseChain: Pass = (definition, { template }) => {
  const reason = whyNotMachine(definition) ?? whyNotScope(definition, { mapped: false, names: new Set() })
  if (reason) throw new ChainRefusedError(`the job ${template.name}: ${reason}`)
  return definition
}

function whyNotMachine(machine: ScopeJson): string | undefined {
  if (!hasSteps(machine))
    return 'its chain has no step: make at least one with steps.task() or steps.external()'
  const ends = Object.values(machine.States).some(({ End, Type }) => End || Type === 'Succeed')
  return ends
    ? undefined
    : 'no way through its chain ends well: let one end without Fail, so that it can commit'
}

/** `names`: of the steps checked before. `mapped`: the scope is inside a Map. */
type CheckContext = { names: Set<string>; mapped: boolean }

function whyNotScope(scope: ScopeJson, { names, mapped }: CheckContext): string | undefined {
  if (scope.QueryLanguage === 'JSONata') {
    return 'its chain is JSONata: only JSONPath chains can be made abortable'
  }
  for (const [name, state] of Object.entries(scope.States)) {
    const reason = whyNotState(name, state, mapped)
    if (reason) return reason
    const step = stepMark(state)?.step
    if (step && names.has(step)) return `two of its steps are named ${step}: name each once`
    if (step) names.add(step)
    for (const inner of innerScopes(state)) {
      const innerReason = whyNotScope(inner, { names, mapped: mapped || state.Type === 'Map' })
      if (innerReason) return innerReason
    }
  }
  return undefined
}

function whyNotState(name: string, state: StateJson, mapped: boolean): string | undefined {
  if (state.QueryLanguage === 'JSONata') {
    return `the state ${name} is JSONata: only JSONPath states can be made abortable`
  }
  if (name.startsWith(OWN_STATES)) return `the state name ${name} is reserved: begin it with another word`
  return stepMark(state) ? whyNotStep(name, state, mapped) : whyNotMap(name, state)
}

function whyNotStep(name: string, state: StateJson, mapped: boolean): string | undefined {
  const { step, external } = stepMark(state)!
  if (step !== name && !external)
    return `the state ${name} runs the step ${step}: a step's state has its name`
  if (!STEP_NAME.test(step)) return `the step name ${step} is not of 1 to 64 characters of a-z, 0-9 and -`
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
  if (!state.ItemProcessor) return `the Map ${name} has an iterator: use itemProcessor()`
  return hasItemSelector(state) ? undefined : `the Map ${name} has steps inside: make it with steps.map()`
}
