import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { invalidRequest, pointerOf } from '#core/api/requests.ts'
import { type InvalidPart, RequestInvalidError } from '#core/errors.ts'

const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i

/** The body is of another type. */
export class NotJsonTypeError extends Error {
  override readonly name = 'NotJsonTypeError'
}

/** Far more than anyone writes, far less than what a check of every level has stack for. */
const MAX_DEPTH = 100

/** The body, undefined when there is none. @throws NotJsonTypeError, RequestInvalidError */
export type BodyParser = (event: APIGatewayProxyEventV2) => unknown

export const jsonObject: BodyParser = (event) =>
  jsonBody(event, 'must be a JSON object', (value) => !Array.isArray(value))

export const jsonArray: BodyParser = (event) => jsonBody(event, 'must be a JSON array', Array.isArray)

/** @throws RequestInvalidError with a pointer to each part that cannot be kept as it came */
function jsonBody(event: APIGatewayProxyEventV2, shape: string, fits: (value: object) => boolean): unknown {
  const { body, headers, isBase64Encoded } = event
  if (!body) return undefined
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) throw new NotJsonTypeError('the body is not JSON')
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body
  const value = tryParse(text)
  if (value === undefined) throw invalidBody('is not JSON')
  if (value === null || typeof value !== 'object' || !fits(value)) throw invalidBody(shape)
  refuse([...faultsIn(value, [])])
  // Its levels are few now: a parse that sees how each number was written takes one call a level.
  refuse([...inexactIn(JSON.parse(text, markInexact), [])])
  return value
}

function refuse(faults: InvalidPart[]): void {
  if (faults.length > 0) throw invalidRequest('the body is not valid', faults)
}

const invalidBody = (detail: string): RequestInvalidError =>
  new RequestInvalidError(`the body ${detail}`, [{ pointer: '', detail }])

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Path = readonly PropertyKey[]

const fault = (path: Path, detail: string): InvalidPart => ({ pointer: pointerOf(path), detail })

/** What could not be kept as it came, or would change what objects are. */
function* faultsIn(value: unknown, path: Path): Generator<InvalidPart> {
  if (path.length > MAX_DEPTH) yield fault(path, `is nested deeper than ${MAX_DEPTH} levels`)
  else if (typeof value === 'string' && !value.isWellFormed()) yield fault(path, 'is not well-formed Unicode')
  else if (value !== null && typeof value === 'object') {
    for (const [name, part] of Object.entries(value)) {
      yield* faultsInName(name, path)
      yield* faultsIn(part, [...path, name])
    }
  }
}

function* faultsInName(name: string, path: Path): Generator<InvalidPart> {
  if (name === '__proto__') yield fault([...path, name], 'is not a known property')
  else if (name === '' || !name.isWellFormed()) yield fault([...path, name], 'is no name for a property')
}

/** Stands for a number that is another one once it has been read. */
const INEXACT = Symbol('inexact')

const markInexact = (_name: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && !isExact(value, context?.source ?? '') ? INEXACT : value

/** Of whole numbers each digit counts, of fractions what a double has of them. */
function isExact(value: number, source: string): boolean {
  if (/^-?\d+$/.test(source)) return String(value) === source || value === 0
  if (value === 0) return !/[1-9]/.test(source.split(/e/i)[0] ?? '')
  return Number.isFinite(value)
}

function* inexactIn(value: unknown, path: Path): Generator<InvalidPart> {
  if (value === INEXACT) yield fault(path, 'is a number that cannot be kept exactly: send it as text')
  else if (value !== null && typeof value === 'object') {
    for (const [name, part] of Object.entries(value)) yield* inexactIn(part, [...path, name])
  }
}
