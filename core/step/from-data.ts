import { HOOKS, type Hook } from '../clean-up/hook.ts'
import { ValueNotKept } from '../errors.ts'
import { plainText } from '../text/plain-text.ts'

// What a call of a step carries of the job's own data, where anything may stand.

/** Larger whole numbers are not certain to the last digit: two that differ would be taken for one. */
const MOST = Number.MAX_SAFE_INTEGER

type Call = { step: string; index?: unknown; rank?: unknown }

const shown = (value: unknown): string => plainText(JSON.stringify(value), 64)

export const isRank = (rank: unknown): rank is number => typeof rank === 'number' && Math.abs(rank) <= MOST

/** @throws ValueNotKept for a rank by which nothing can be ordered */
export function refuseRank({ step, rank }: Call): void {
  if (rank === undefined || isRank(rank)) return
  throw new ValueNotKept(
    `the rank of ${step} is ${shown(rank)}: it must be a number between -${MOST} and ${MOST}`,
  )
}

/** What is no list of hooks is as if the call had not said: whether there is one, the function then says. */
export const hooksOf = (hooks: unknown): Hook[] | null =>
  Array.isArray(hooks) ? HOOKS.filter((hook) => hooks.includes(hook)) : null

/** A Map numbers its children from 0; in a Map within a Map they are `3.1`. */
const isIndex = (index: unknown): index is number | string =>
  typeof index === 'number'
    ? Number.isSafeInteger(index) && index >= 0
    : typeof index === 'string' && /^[\d.]{1,64}$/.test(index)

/** What is none is not worth a failure: a total that is not known is not shown. */
export const itemCountOf = (count: unknown): number | string | null => (isIndex(count) ? count : null)

/** @throws ValueNotKept */
export function checkedIndex({ step, index }: Call): number | string | null {
  if (index === undefined) return null
  if (isIndex(index)) return index
  throw new ValueNotKept(
    `the index of ${step} is ${shown(index)}, not its Map's: no state of the chain may write $.index`,
  )
}
