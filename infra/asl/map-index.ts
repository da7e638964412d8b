import type { StateJson } from './definition.ts'

/** A Map's own index, which the context object has only in the Map's ItemSelector. */
export const INDEX = '$$.Map.Item.Index'
const VALUE = '$$.Map.Item.Value'

/** What `Steps.map` gives each child: its index, its item, and what the author adds. */
export const itemSelector = (authors: Record<string, unknown> = {}): Record<string, unknown> => ({
  'index.$': INDEX,
  'item.$': VALUE,
  ...authors,
})

export const hasItemSelector = ({ ItemSelector: selector }: StateJson): boolean =>
  selector?.['index.$'] === INDEX && selector['item.$'] === VALUE
