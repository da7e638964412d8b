const PLACEHOLDER = /\{([^{}]*)\}/g
const KNOWN = /^(location|(status)?(\/[^/{}]{1,100}){1,20})$/

/** What a value that a URL is made of may have at most. */
const MAX_VALUE = 1_024

/** `location`, `/pointer` into the answer to the start, `status/pointer` into that to a status. */
export const placeholdersIn = (text: string): string[] =>
  [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name)

export const isTemplate = (text: string): boolean =>
  placeholdersIn(text).every((name) => KNOWN.test(name)) && !/[{}]/.test(text.replace(PLACEHOLDER, ''))

export type Values = Record<string, string>
type Answered = { json: unknown; headers: Record<string, unknown> }

/** What the templates need of an answer: to the start, or to a status. */
export function valuesIn(answer: Answered, from: 'start' | 'status', templates: string[]): Values {
  const values: Values = {}
  for (const name of templates.flatMap(placeholdersIn)) {
    if (name.startsWith('status/') !== (from === 'status')) continue
    const value = name === 'location' ? answer.headers.location : at(answer.json, name.replace(/^status/, ''))
    if (typeof value !== 'string' && typeof value !== 'number') continue
    const text = String(value)
    if (text.length <= MAX_VALUE && !/\p{Cc}/u.test(text)) values[name] = text
  }
  return values
}

/** By a JSON pointer (RFC 6901); undefined where there is nothing. */
export function at(json: unknown, pointer: string): unknown {
  const keys = pointer.slice(1).split('/')
  return keys.reduce<unknown>((found, key) => {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~')
    const holds = typeof found === 'object' && found !== null && Object.hasOwn(found, name)
    return holds ? (found as Record<string, unknown>)[name] : undefined
  }, json)
}

/** What an answer has not given, as yet. */
export const missingIn = (text: string, values: Values): string[] =>
  placeholdersIn(text).filter((name) => values[name] === undefined)

/** One that begins with a placeholder goes on from a whole URL; everywhere else a value is one part of a path. */
export function filled(text: string, values: Values, base: URL): URL | null {
  const whole = text.replace(PLACEHOLDER, (_, name: string, offset: number) => {
    const value = values[name] ?? ''
    return offset === 0 ? value : encodeURIComponent(value)
  })
  return URL.parse(whole, base)
}
