import { type ScopeJson, type StateJson, type StepMark, stepMark, waitsForExecution } from '../definition.ts'
import type { Pass } from '../pass.ts'
import { rewriteScopes, withMark } from '../rewrite.ts'
import { gateNames } from './gate-tasks.ts'
import { ChainRefusedError } from './refuse-chain.ts'

/**
 * Names the executions that an external step starts and waits for, so that they can be found again: as core/step/child.ts
 * names them. Tells the claim of which machine they are, and how many there may be.
 */
export const nameChildren: Pass = (definition, { template }) =>
  rewriteScopes(definition, (scope) => {
    const States = { ...scope.States }
    for (const [name, claim] of Object.entries(scope.States)) {
      const mark = stepMark(claim)
      const task = scope.States[gateNames(name).task]
      if (!mark?.external || !task || !waitsForExecution(task)) continue
      if (mark.loop_order !== undefined) throw new ChainRefusedError(inLoop(template.name, name))
      States[name] = withMark(claim, withChild(mark, task))
      States[gateNames(name).task] = { ...task, Parameters: { ...task.Parameters, 'Name.$': nameOf(mark) } }
    }
    return { ...scope, States } satisfies ScopeJson
  })

const inLoop = (template: string, name: string): string =>
  `the job ${template}: the external step ${name} waits for executions in a loop, whose names could not be told from one ` +
  'round to the next: use a Map of one at a time, or one execution that has the loop inside'

const nameOf = ({ order, 'index.$': index }: StepMark): string => {
  const places = index === undefined ? [] : [index]
  const args = ['$$.Execution.Name', ...places, '$$.State.RetryCount']
  return `States.Format('{}-${order}-${places.map(() => '{}-').join('')}{}', ${args.join(', ')})`
}

/** Its `abort` stops them, whether or not the author gave one. */
function withChild({ external, hooks = [], ...mark }: StepMark, task: StateJson): StepMark {
  const child = { machine_arn: task.Parameters?.StateMachineArn as string, tries: triesOf(task) }
  const all = hooks.includes('abort') ? hooks : (['abort', ...hooks] as const)
  return { ...mark, hooks: [...all], external: { ...external!, child } }
}

/** What Step Functions takes where a Retry says nothing. */
const RETRIES = 3

export const triesOf = ({ Retry: retriers = [] }: StateJson): number =>
  retriers.reduce((sum, { MaxAttempts: most }) => sum + (typeof most === 'number' ? most : RETRIES), 1)
