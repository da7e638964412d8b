import type { StateJson, StepMark } from './definition.ts'

/** A Map's own index, which the context object has only in the Map's ItemSelector. */
export const INDEX = '$$.Map.Item.Index'
const VALUE = '$$.Map.Item.Value'

/** The index of a child, in its data. */
export const CHILD_INDEX = '$.index'

/** Where the data of a step in a loop number its rounds: each index comes once in a job. */
export const numberedBy = (path: string): Pick<StepMark, 'index.$' | 'rank.$' | 'item_count.$'> => ({
  'index.$': `${path}.index`,
  'rank.$': `${path}.rank`,
  'item_count.$': `${path}.count`,
})

/** Its rounds are told apart by the index that its data give. */
export const isNumbered = ({ 'index.$': index = CHILD_INDEX }: StepMark): boolean => index !== CHILD_INDEX

/** The rank of a child, where its Map gave it one. */
export const RANK = { 'rank.$': '$.rank' }

/** How many items its Map has; a pass writes it into the Map's ItemSelector. */
export const ITEM_COUNT = { 'item_count.$': '$.item_count' }

/** What `Steps.map` gives each child: its index, its item, its rank if `rank` says where, and what the author adds. */
export const itemSelector = (
  authors: Record<string, unknown> = {},
  rank?: string | undefined,
): Record<string, unknown> => ({
  'index.$': INDEX,
  'item.$': VALUE,
  ...(rank === undefined ? {} : { 'rank.$': `${VALUE}${rank.slice(1)}` }),
  ...authors,
})

/** Keys of a child's data that are not the author's to select. */
export const OWN_KEYS = ['index', 'index.$', 'item', 'item.$', 'rank', 'rank.$', 'item_count', 'item_count.$']

export const hasItemSelector = ({ ItemSelector: selector }: StateJson): boolean =>
  selector?.['index.$'] === INDEX && selector['item.$'] === VALUE

export const hasRank = ({ ItemSelector: selector }: StateJson): boolean => selector?.['rank.$'] !== undefined
