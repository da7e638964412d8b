import { functionOf, type LambdaParameters } from './parameters/lambda.ts'
import type { ActionType, Parameters } from './parameters.ts'

type Revertable = { [Type in ActionType]: (given: Parameters<Type>) => boolean }

/** Nothing is left to undo of what does nothing. */
const CAN_REVERT: Revertable = {
  nop: () => true,
  sleep: () => true,
  lambda: (given: LambdaParameters) => functionOf(given, 'revert') !== null,
  http: ({ revert }) => revert !== undefined,
  job: () => false,
}

/** The hooks that an action's step has: what no revert is declared for is told as not undone. */
export function hooksOf(type: string, given: object): ('abort' | 'revert')[] {
  const known = Object.hasOwn(CAN_REVERT, type) ? CAN_REVERT[type as ActionType] : undefined
  return known?.(given as never) ? ['abort', 'revert'] : ['abort']
}
