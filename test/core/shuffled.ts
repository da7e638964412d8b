/** What the author or the caller gave: no view changes the order of its fields. */
const GIVEN = ['input', 'result', 'checkpoint']

/** The value with the fields of every object in the opposite order, as a table may give them back. */
export function shuffled<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(shuffled) as Value
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value).reverse()
  return Object.fromEntries(
    fields.map(([name, part]) => [name, GIVEN.includes(name) ? part : shuffled(part)]),
  ) as Value
}
