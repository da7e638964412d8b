import { COMMIT, type StateJson } from '../definition.ts'
import type { Pass } from '../pass.ts'

/** Leads every way through the machine that ends well to the commit. */
export const leadToCommit: Pass = (definition) => {
  const states = Object.entries(definition.States).map(([name, state]) => [
    name,
    name === COMMIT ? state : onToCommit(state),
  ])
  return { ...definition, States: Object.fromEntries(states) }
}

function onToCommit(state: StateJson): StateJson {
  if (state.Type === 'Succeed') return { ...state, Type: 'Pass', Next: COMMIT }
  const { End, ...rest } = state
  return End ? { ...rest, Next: COMMIT } : state
}
