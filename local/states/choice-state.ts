import type { ChoiceRule, State } from './definition.ts'
import { type Context, createEvaluator, reasonOf } from './evaluate.ts'
import { StateFailure } from './state-failure.ts'

const evaluators = new WeakMap<State, ReturnType<typeof createEvaluator>>()

/** The name of the state that the Choice leads to. */
export async function choose(state: State, input: unknown, context: Context): Promise<string> {
  let evaluator = evaluators.get(state)
  if (!evaluator) {
    evaluator = createEvaluator(choiceMachine(state))
    evaluators.set(state, evaluator)
  }
  try {
    return String(await evaluator(input, context))
  } catch (error) {
    const unmatched = error instanceof Error && (error.cause as Error)?.name === 'States.NoChoiceMatched'
    if (unmatched)
      throw new StateFailure('States.NoChoiceMatched', 'no choice rule matched and there is no Default')
    throw new StateFailure('States.Runtime', reasonOf(error))
  }
}

/** The Choice alone, each target being a Pass state that gives the target's own name. */
function choiceMachine(state: State): object {
  const rules = state.Choices ?? []
  const targets = [...rules.map((rule) => rule.Next), state.Default].filter((name) => name !== undefined)
  const choice = {
    Type: 'Choice',
    Choices: rules.map((rule) => ({ ...plainRule(rule), Next: `to ${rule.Next}` })),
    ...(state.Default === undefined ? {} : { Default: `to ${state.Default}` }),
  }
  const ends = targets.map((name) => [`to ${name}`, { Type: 'Pass', Result: name, End: true }])
  return { StartAt: 'choose', States: { choose: choice, ...Object.fromEntries(ends) } }
}

// The library never matches a type test against false, and compares across types as JavaScript does.
function plainRule(rule: ChoiceRule): ChoiceRule {
  if (rule.Not) return { Not: plainRule(rule.Not as ChoiceRule) }
  if (rule.And) return { And: (rule.And as ChoiceRule[]).map(plainRule) }
  if (rule.Or) return { Or: (rule.Or as ChoiceRule[]).map(plainRule) }
  const operator =
    Object.keys(rule).find((key) => key !== 'Variable' && key !== 'Next' && key !== 'Comment') ?? ''
  const bare = { Variable: rule.Variable, [operator]: rule[operator] }
  if (operator.startsWith('Is')) return rule[operator] ? bare : { Not: { ...bare, [operator]: true } }
  const guard = /^(Numeric|String|Timestamp).*Than/.exec(operator)?.[1]
  const test = { Numeric: 'IsNumeric', String: 'IsString', Timestamp: 'IsTimestamp' }[guard ?? '']
  return test ? { And: [{ Variable: rule.Variable, [test]: true }, bare] } : bare
}
