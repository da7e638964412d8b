import { readFileSync } from 'node:fs'
import { CliError, EXIT } from '../exit.ts'

type Json = Record<string, unknown>

const refused = (message: string, hint: string): CliError => new CliError(message, { code: EXIT.usage, hint })

/**
 * A job's input of what `--input` says, one after another: `key=value`, `a.b=value` for what lies deeper, `@file`, or `-`
 * for the standard input. A value that is JSON is taken as that, everything else as text.
 */
export function inputOf(given: string[], readInput: () => string): Json {
  const input: Json = {}
  for (const one of given) {
    if (one === '-') Object.assign(input, objectIn(readInput(), 'the standard input'))
    else if (one.startsWith('@')) Object.assign(input, objectIn(fileText(one.slice(1)), one.slice(1)))
    else if (one.trimStart().startsWith('{')) Object.assign(input, objectIn(one, '--input'))
    else put(input, one)
  }
  return input
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw refused(
      `${path} cannot be read: ${(error as Error).message}`,
      'give --input @file, or --input key=value',
    )
  }
}

function objectIn(text: string, from: string): Json {
  const value = parsed(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  throw refused(`${from} holds no JSON object`, 'an input is an object, as {"source": {"bucket": "photos"}}')
}

function put(input: Json, given: string): void {
  const at = given.indexOf('=')
  if (at < 1) {
    throw refused(`--input ${given} names no value`, 'give --input key=value, --input @file or --input -')
  }
  const path = given.slice(0, at).split('.')
  const last = path.pop() ?? ''
  let place = input
  for (const key of path) {
    if (!Object.hasOwn(place, key)) define(place, key, {})
    const next = place[key]
    if (typeof next !== 'object' || next === null) {
      throw refused(`--input ${given} goes into ${key}, which is no object`, 'give each key once')
    }
    place = next as Json
  }
  const text = given.slice(at + 1)
  const value = parsed(text)
  define(place, last, value === undefined ? text : value)
}

/** Also where the key is `__proto__`. */
const define = (place: Json, key: string, value: unknown): void =>
  void Object.defineProperty(place, key, { value, enumerable: true, writable: true, configurable: true })

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
