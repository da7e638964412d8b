import { hasSteps, type StateJson, stepMark } from '../definition.ts'
import { hasItemSelector, ITEM_COUNT } from '../map-index.ts'
import type { Pass } from '../pass.ts'
import { changeStates, withMark } from '../rewrite.ts'

/** Inside a Map: each step learns how many items there are, so that a progress knows its total before all have begun. */
export const countItems: Pass = (definition) =>
  changeStates(definition, (state, { scope, mapped }) => {
    const counting = countsItems(state) ? withCount(state, mapped) : state
    return mapped && hasSteps(scope) && stepMark(state) ? passCount(counting) : counting
  })

const countsItems = (state: StateJson): boolean =>
  state.ItemProcessor !== undefined && hasSteps(state.ItemProcessor) && hasItemSelector(state)

/** A Map in a Map counts on from the outer one: `40.3`, as its index is `7.1`. */
function withCount(state: StateJson, mapped: boolean): StateJson {
  const count = `States.ArrayLength(${state.ItemsPath ?? '$'})`
  const counted = mapped ? `States.Format('{}.{}', $.item_count, ${count})` : count
  return { ...state, ItemSelector: { ...state.ItemSelector, 'item_count.$': counted } }
}

const passCount = (state: StateJson): StateJson => withMark(state, { ...ITEM_COUNT, ...stepMark(state) })
