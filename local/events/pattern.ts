import { invalidPattern, isFields } from './invalid-pattern.ts'

type Fields = Record<string, unknown>
type Predicate = (value: unknown) => boolean

/**
 * Compiles an EventBridge pattern (also a Lambda event-source filter) into a predicate over any JSON object.
 * Literals and `prefix` run here; any other operator is refused here by name, not while events pass.
 *
 * @example compilePattern({ source: ['aws.states'], detail: { name: [{ prefix: 'order-' }] } })
 */
export function compilePattern(pattern: unknown): (event: unknown) => boolean {
  if (!isFields(pattern)) throw invalidPattern('the pattern must be a JSON object')
  return compileFields(pattern, [])
}

function compileFields(fields: Fields, path: string[]): Predicate {
  const tests = Object.entries(fields).map(([name, value]) => compileField(name, value, path))
  return (event) => isFields(event) && tests.every((test) => test(event))
}

function compileField(name: string, value: unknown, path: string[]): Predicate {
  const here = [...path, name]
  const at = here.join('.')
  if (Array.isArray(value)) {
    if (value.length === 0) throw invalidPattern(`empty arrays are not allowed, at ${at}`)
    const matchers = value.map((element) => compileElement(element, at))
    return (event) => valuesOf((event as Fields)[name]).some((found) => matchers.some((test) => test(found)))
  }
  if (!isFields(value))
    throw invalidPattern(`${at} must be an object or an array, not ${JSON.stringify(value)}`)
  if (Object.keys(value).length === 0) throw invalidPattern(`empty objects are not allowed, at ${at}`)
  const nested = compileFields(value, here)
  return (event) => valuesOf((event as Fields)[name]).some(nested)
}

/** An array in an event stands for its elements: one that matches is enough. */
const valuesOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

/** One element of a pattern's array: a literal, or `{prefix: text}`. */
function compileElement(element: unknown, at: string): Predicate {
  if (Array.isArray(element)) throw invalidPattern(`arrays may not be nested, at ${at}`)
  if (!isFields(element)) return (value) => value === element
  const [operator = '', ...more] = Object.keys(element)
  if (operator === '' || more.length > 0) {
    throw invalidPattern(`a match expression has exactly one operator, at ${at}: ${JSON.stringify(element)}`)
  }
  if (operator !== 'prefix') {
    throw invalidPattern(`the match type ${operator} does not run here, at ${at}; use a literal or prefix`)
  }
  const { prefix } = element
  if (typeof prefix === 'string') return (value) => typeof value === 'string' && value.startsWith(prefix)
  throw invalidPattern(`prefix must be a string, at ${at}, not ${JSON.stringify(prefix)}`)
}
