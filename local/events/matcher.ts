import { invalidPattern, isFields } from './invalid-pattern.ts'
import { compileWildcard } from './wildcard.ts'

type Test = (value: unknown) => boolean
type Matcher = (leaves: unknown[]) => boolean
type Operator = (operand: unknown, at: string) => Test

const OPERATORS: Record<string, Operator> = {
  prefix: affix('startsWith', 'prefix'),
  suffix: affix('endsWith', 'suffix'),
  'equals-ignore-case': (operand, at) => {
    const wanted = string(operand, 'equals-ignore-case', at).toLowerCase()
    return (value) => typeof value === 'string' && value.toLowerCase() === wanted
  },
  wildcard: (operand, at) => {
    const matches = compileWildcard(string(operand, 'wildcard', at), at)
    return (value) => typeof value === 'string' && matches(value)
  },
  numeric,
  'anything-but': anythingBut,
}

/** One element of a pattern's array: a literal or `{operator: operand}`, as a test over the values at a field. */
export function matcherOf(element: unknown, at: string): Matcher {
  if (!isFields(element)) return some(literal(element, at))
  const { operator, operand } = operatorOf(element, at)
  if (operator === 'exists') return exists(operand, at)
  const compile = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined
  if (compile) return some(compile(operand, at))
  const known = ['exists', ...Object.keys(OPERATORS)].join(', ')
  throw invalidPattern(`unrecognized match type ${operator}, at ${at}; use one of ${known}`)
}

function some(test: Test): Matcher {
  return (leaves) => leaves.some(test)
}

function operatorOf(element: Record<string, unknown>, at: string): { operator: string; operand: unknown } {
  const [entry, ...more] = Object.entries(element)
  if (entry && more.length === 0) return { operator: entry[0], operand: entry[1] }
  throw invalidPattern(`a match expression has exactly one operator, at ${at}: ${JSON.stringify(element)}`)
}

function literal(wanted: unknown, at: string): Test {
  if (Array.isArray(wanted)) throw invalidPattern(`arrays may not be nested, at ${at}`)
  return (value) => value === wanted
}

function exists(operand: unknown, at: string): Matcher {
  if (typeof operand !== 'boolean') throw invalidPattern(`exists must be true or false, at ${at}`)
  return (leaves) => leaves.length > 0 === operand
}

function affix(method: 'startsWith' | 'endsWith', name: string): Operator {
  return (operand, at) => {
    const folded = isFields(operand)
    const inner = folded ? only(operand, 'equals-ignore-case', at) : operand
    const wanted = string(inner, name, at)
    if (!folded) return (value) => typeof value === 'string' && value[method](wanted)
    return (value) => typeof value === 'string' && value.toLowerCase()[method](wanted.toLowerCase())
  }
}

function anythingBut(operand: unknown, at: string): Test {
  if (!isFields(operand)) {
    const refused = alternatives(operand, at)
    return (value) => !refused.includes(value)
  }
  const { operator, operand: inner } = operatorOf(operand, at)
  const allowed = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard']
  if (!allowed.includes(operator)) {
    throw invalidPattern(`anything-but takes no ${operator}, at ${at}; use one of ${allowed.join(', ')}`)
  }
  const tests = alternatives(inner, at).map((one) => OPERATORS[operator]!(one, at))
  return (value) => !tests.some((test) => test(value))
}

function alternatives(operand: unknown, at: string): unknown[] {
  const list = Array.isArray(operand) ? operand : [operand]
  const valid = list.every((one) => typeof one === 'string' || typeof one === 'number')
  if (list.length > 0 && valid) return list
  throw invalidPattern(`anything-but takes strings or numbers, at ${at}, not ${JSON.stringify(operand)}`)
}

const COMPARISONS: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
}

function numeric(operand: unknown, at: string): Test {
  const parts = Array.isArray(operand) ? operand : []
  if (parts.length !== 2 && parts.length !== 4) {
    throw invalidPattern(`numeric takes one or two pairs such as [">", 0, "<=", 5], at ${at}`)
  }
  const tests = parts.flatMap((sign, index) => (index % 2 === 0 ? [bound(sign, parts[index + 1], at)] : []))
  return (value) => typeof value === 'number' && tests.every((test) => test(value))
}

function bound(sign: unknown, limit: unknown, at: string): (value: number) => boolean {
  const compare = typeof sign === 'string' && Object.hasOwn(COMPARISONS, sign) ? COMPARISONS[sign] : undefined
  if (compare && typeof limit === 'number') return (value) => compare(value, limit)
  throw invalidPattern(
    `numeric takes = < <= > >= and a number, at ${at}, not ${JSON.stringify([sign, limit])}`,
  )
}

function only(operand: Record<string, unknown>, name: string, at: string): unknown {
  const { operator, operand: inner } = operatorOf(operand, at)
  if (operator === name) return inner
  throw invalidPattern(`unrecognized match type ${operator}, at ${at}; only ${name} is possible here`)
}

function string(operand: unknown, name: string, at: string): string {
  if (typeof operand === 'string') return operand
  throw invalidPattern(`${name} must be a string, at ${at}, not ${JSON.stringify(operand)}`)
}
