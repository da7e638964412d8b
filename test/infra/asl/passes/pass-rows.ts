import { expect, test } from 'vitest'
import type { ScopeJson, StateJson } from '#infra/asl/definition.ts'
import type { Pass, PassContext } from '#infra/asl/pass.ts'

/** A whole definition before the pass, and the whole one after it. */
export type PassRow = { title: string; given: ScopeJson; expected: ScopeJson }

const CONTEXT: PassContext = {
  template: { name: 'report', description: 'Writes the report', input_schema: null },
  commitArn: 'arn:commit',
  externalArn: 'arn:external',
  outside: new Map(),
}

/** Frozen, so that a pass which changes what it got throws. */
function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
  return value
}

export function testPass(pass: Pass, rows: PassRow[]): void {
  test.each(rows)('$title', ({ given, expected }) => {
    expect(pass(freeze(given), CONTEXT)).toEqual(expected)
  })
}

/** A step's state with what `Steps.task` wrote into it, and `more` that a pass wrote. */
export const step = (
  name: string,
  state: Partial<StateJson>,
  more: Record<string, unknown> = {},
): StateJson => ({
  Type: 'Task',
  Resource: `arn:${name}`,
  Parameters: { standdown: { step: name, abortable: 'checkpoint', ...more }, 'input.$': '$' },
  ...state,
})

/** A Lambda function that is no step. */
export const plain = (state: Partial<StateJson>): StateJson => ({
  Type: 'Task',
  Resource: 'arn:plain',
  ...state,
})
