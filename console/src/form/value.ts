/** An input as it is being filled in: what is left out is undefined. */
export type Draft = { [name: string]: unknown }

const isObject = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Without what is empty: an optional part that nobody filled in is not sent. */
export function filledIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(filledIn).filter((one) => one !== undefined)
  if (!isObject(value)) return value === '' ? undefined : value
  const kept = Object.entries(value)
    .map(([name, part]) => [name, filledIn(part)] as const)
    .filter(([, part]) => part !== undefined)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** The value of an object's property; undefined where there is none. */
export const partOf = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)
export const withPart = (value: unknown, name: string, part: unknown): Draft => ({
  ...(isObject(value) ? value : {}),
  [name]: part,
})
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
