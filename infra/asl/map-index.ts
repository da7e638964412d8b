import { innerScopes, type StateJson, stepMark } from './definition.ts'

const INDEX = '$$.Map.Item.Index'
const VALUE = '$$.Map.Item.Value'

/** What `Steps.map` gives each child: its index, its item, and what the author adds. */
export const itemSelector = (authors: Record<string, unknown> = {}): Record<string, unknown> => ({
  'index.$': INDEX,
  'item.$': VALUE,
  ...authors,
})

export const isFromSteps = ({ ItemSelector: selector }: StateJson): boolean =>
  selector?.['index.$'] === INDEX && selector['item.$'] === VALUE

/** Inside another Map the index goes on from the outer one: `3.1`. */
export const nestedIndex = (selector: Record<string, unknown> | undefined): Record<string, unknown> => ({
  ...selector,
  'index.$': `States.Format('{}.{}', $.index, ${INDEX})`,
})

/** Inside a Map, what a state answers goes to `$.item`, so that the index stays for the next step. */
export function keepIndex(state: StateJson): StateJson {
  const answers = stepMark(state) || innerScopes(state).length > 0
  return answers && state.ResultPath === undefined ? { ...state, ResultPath: '$.item' } : state
}
