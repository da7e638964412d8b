/** A state machine, a Parallel branch or a Map's processor. */
export type Definition = { StartAt: string; States: Record<string, DefinitionState> }

/** Of one state what its graph needs: who follows it, what runs inside it, and which step it is. */
export type DefinitionState = {
  Type: string
  Comment?: string
  Next?: string
  End?: boolean
  Default?: string
  Choices?: { Next: string }[]
  Catch?: { ErrorEquals: string[]; Next: string }[]
  Branches?: Definition[]
  ItemProcessor?: Definition
  /** The step that it runs. */
  step?: string
  /** True of those that the construct added to the author's chain: the commit and the parking states. */
  added?: boolean
}

/** Names of the states that the construct adds begin so; the author's may not. */
export const OWN_STATES = 'Standdown'

/** As Step Functions has it: with all that a state says. */
type DeployedState = DefinitionState & {
  Parameters?: { standdown?: { step?: string } }
  /** The older name of an ItemProcessor, in machines that are not ours. */
  Iterator?: Definition
}

/** A deployed definition without parameters, retries and ARNs. */
export const definitionOf = ({ StartAt, States }: Definition): Definition => ({
  StartAt,
  States: Object.fromEntries(Object.entries(States).map(([name, state]) => [name, stateOf(name, state)])),
})

function stateOf(name: string, state: DeployedState): DefinitionState {
  const { Type, Comment, Next, End, Default, Choices, Catch, Branches, Parameters } = state
  const { Iterator: iterator, ItemProcessor = iterator } = state
  const step = Parameters?.standdown?.step
  return {
    Type,
    ...(Comment && { Comment }),
    ...(Next && { Next }),
    ...(End && { End }),
    ...(Default && { Default }),
    ...(Choices && { Choices: Choices.map((choice) => ({ Next: choice.Next })) }),
    ...(Catch && { Catch: Catch.map(({ ErrorEquals, Next }) => ({ ErrorEquals, Next })) }),
    ...(Branches && { Branches: Branches.map(definitionOf) }),
    ...(ItemProcessor && { ItemProcessor: definitionOf(ItemProcessor) }),
    ...(step && { step }),
    ...(name.startsWith(`${OWN_STATES} `) && { added: true }),
  }
}
