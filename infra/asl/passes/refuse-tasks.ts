import {
  innerScopes,
  type OutsideTask,
  type ScopeJson,
  type StateJson,
  stepMark,
  waitsForExecution,
} from '../definition.ts'
import type { Pass } from '../pass.ts'
import { gateNames } from './gate-tasks.ts'
import { triesOf } from './name-children.ts'
import { ChainRefusedError } from './refuse-chain.ts'

/** Changes nothing. Throws at synth where a task is neither a step nor said to be none, and where one cannot be a step. */
export const refuseTasks: Pass = (definition, { template, outside }) => {
  const names = new Set(namesIn(definition))
  const reason = whyNotScope(definition, { outside, names, mapped: false })
  if (reason) throw new ChainRefusedError(`the job ${template.name}: ${reason}`)
  return definition
}

const namesIn = (scope: ScopeJson): string[] =>
  Object.entries(scope.States).flatMap(([name, state]) => [name, ...innerScopes(state).flatMap(namesIn)])

type Surroundings = {
  outside: ReadonlyMap<string, OutsideTask>
  /** Of all states: those that stand around a task must not have the name of another. */
  names: ReadonlySet<string>
  mapped: boolean
  /** The Parallel or Map around it that has retries. */
  retried?: string
}

function whyNotScope(scope: ScopeJson, around: Surroundings): string | undefined {
  for (const [name, state] of Object.entries(scope.States)) {
    const reason = whyNotState(name, state, around)
    if (reason) return reason
    const mapped = around.mapped || state.Type === 'Map'
    const inside = { ...around, mapped, ...(state.Retry?.length ? { retried: name } : {}) }
    for (const inner of innerScopes(state)) {
      const innerReason = whyNotScope(inner, inside)
      if (innerReason) return innerReason
    }
  }
  return undefined
}

function whyNotState(name: string, state: StateJson, around: Surroundings): string | undefined {
  if (isDistributed(state)) return whyNotDistributed(name)
  const task = around.outside.get(name)
  if (task?.kind === 'external') return whyNotExternal(name, state, around)
  if (waitsForExecution(state)) return whyNoChild(name)
  if (state.Type !== 'Task' || task || stepMark(state)) return undefined
  return (
    `the task ${name} is no step, so a graceful abort would kill it: make it one with steps.task(), if it is a function ` +
    'of yours, or with steps.external(), or say by steps.ungated() that it may be killed at any time'
  )
}

const isDistributed = ({ ItemProcessor: processor, ItemReader: reader }: StateJson): boolean =>
  processor?.ProcessorConfig?.Mode === 'DISTRIBUTED' || reader !== undefined

const whyNotDistributed = (name: string): string =>
  `the Map ${name} is distributed: its children are executions of their own, which an abort could neither name nor see to ` +
  'have ended; use steps.map(), or give it a machine of its own, and wait for that with steps.external()'

function whyNotExternal(name: string, state: StateJson, around: Surroundings): string | undefined {
  const taken = addedNames(name, state).find((one) => around.names.has(one))
  if (taken)
    return `the state name ${taken} is kept for what stands around the external step ${name}: choose another`
  if (around.retried) {
    return `the external step ${name} is inside ${around.retried}, whose Retry would do its finished task again: give the Retry to the task`
  }
  if (state.OutputPath !== undefined) {
    return `the external step ${name} has an outputPath, which hides its result: give it a resultSelector or a resultPath`
  }
  const paths = (state.Catch ?? []).map(({ ResultPath: path }) => path)
  if (around.mapped && paths.some((path) => path === undefined || path === '$')) {
    return `a Catch of the external step ${name} in a Map drops $.index: give it a resultPath below $`
  }
  if (!waitsForExecution(state)) return undefined
  if (around.mapped && state.InputPath !== undefined) {
    return `the external step ${name} in a Map has an inputPath, which hides $.index, by which its execution is named: select in its input`
  }
  return whyNotChild(name, state)
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html: a child is stopped as best effort. */
const whyNoChild = (name: string): string =>
  `the state ${name} waits for an execution of its own (startExecution.sync), which an abort of this job would stop only ` +
  'as best effort: make it a step with steps.external(), so that it is stopped, told and waited for'

/** Each is looked at by its name whenever the step is cleaned up. */
const MOST_TRIES = 20

function whyNotChild(name: string, { Parameters = {}, ...state }: StateJson): string | undefined {
  if ('Name' in Parameters || 'Name.$' in Parameters) {
    return `the external step ${name} names the execution that it starts: leave the name out, by its own it is found again`
  }
  if (Parameters.StateMachineArn === undefined) {
    return `the external step ${name} takes the machine whose execution it starts from its data: name one, which can be permitted to be stopped`
  }
  const tries = triesOf(state)
  if (tries <= MOST_TRIES) return undefined
  return `the external step ${name} may start ${tries} executions by its Retry: ${MOST_TRIES} at most`
}

function addedNames(name: string, { Catch: catchers = [] }: StateJson): string[] {
  const { caught, claim, ...names } = gateNames(name)
  return [...Object.values(names), ...catchers.map((_catcher, i) => caught(i))]
}
