import { invalidPattern, isFields } from './invalid-pattern.ts'
import { matcherOf } from './matcher.ts'

type Fields = Record<string, unknown>
type Predicate = (value: unknown) => boolean

/**
 * Compiles an EventBridge pattern (also a Lambda event-source filter) into a predicate over any JSON object.
 * What it does not know it refuses here, not while events pass.
 *
 * @example compilePattern({ source: ['aws.states'], detail: { status: [{ 'anything-but': 'RUNNING' }] } })
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
  if (name === '$or' && Array.isArray(value)) return anyOf(value, path)
  if (Array.isArray(value)) {
    if (value.length === 0) throw invalidPattern(`empty arrays are not allowed, at ${at}`)
    const matchers = value.map((one) => matcherOf(one, at))
    return (event) => {
      const leaves = leavesOf((event as Fields)[name])
      return matchers.some((matches) => matches(leaves))
    }
  }
  if (!isFields(value))
    throw invalidPattern(`${at} must be an object or an array, not ${JSON.stringify(value)}`)
  if (Object.keys(value).length === 0) throw invalidPattern(`empty objects are not allowed, at ${at}`)
  const nested = compileFields(value, here)
  return (event) => matchesNested(nested, (event as Fields)[name])
}

function anyOf(alternatives: unknown[], path: string[]): Predicate {
  const at = [...path, '$or'].join('.')
  if (alternatives.length < 2) throw invalidPattern(`$or needs at least two alternatives, at ${at}`)
  const tests = alternatives.map((one) => {
    if (isFields(one)) return compileFields(one, path)
    throw invalidPattern(`each alternative of ${at} must be an object`)
  })
  return (event) => tests.some((test) => test(event))
}

// An absent object is looked into as an empty one, so that a nested `exists: false` matches it.
function matchesNested(nested: Predicate, value: unknown): boolean {
  if (Array.isArray(value) && value.length > 0) return value.some((one) => matchesNested(nested, one))
  return nested(isFields(value) ? value : {})
}

/** Operators see values only: an array stands for its elements, an object for nothing. */
function leavesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf)
  return value === undefined || isFields(value) ? [] : [value]
}
