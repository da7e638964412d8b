import { ValueNotKept } from './errors.ts'

declare const JSON_TEXT: unique symbol

/** A JSON text that is kept and passed on as it is: parsed for the author alone, and never by a rule. */
export type JsonText = string & { readonly [JSON_TEXT]: true }

/**
 * Where a value of its own record is. `write` counts what its writer has written, so that a delayed write never
 * replaces a later one; `expires_at`, in seconds since the epoch, is when that record may go.
 */
export type ValueRef = { place: string; write: number; bytes: number; expires_at: number | null }

/** What the author gave, as a job or step holds it: the text itself, or where it is. */
export type JsonValue = { text: JsonText } | ValueRef

const KIB = 1024

/** An input, a result and a checkpoint: what Step Functions passes from state to state. */
export const MAX_VALUE_BYTES = 256 * KIB
/** A progress stays in the step's item, which is read with every look at the job. */
export const MAX_PROGRESS_BYTES = 256
/** So much of the values of one job or step lies in its own item, larger ones beside it. */
export const INLINE_BYTES = KIB

export const NULL_TEXT = 'null' as JsonText

export const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** The bytes that a value takes in the record that has it. */
export const inlineBytesOf = (value: JsonValue | null): number =>
  value && 'text' in value ? bytesOf(value.text) : 0

/** `what` names the value in the error. */
export type ValueRule = { what: string; max?: number }

/**
 * The value as Lambda itself serializes what a handler returns: a Date becomes a text, `undefined` null.
 *
 * @throws ValueNotKept where JSON cannot hold it, or its text is too long
 */
export function jsonText(value: unknown, { what, max = MAX_VALUE_BYTES }: ValueRule): JsonText {
  const text = serialized(value, what)
  const bytes = bytesOf(text)
  if (bytes <= max) return text as JsonText
  throw new ValueNotKept(
    `${what} cannot be kept: it has ${bytes} bytes as JSON, at most ${max} are kept. Write large data to S3, and keep where it is`,
  )
}

function serialized(value: unknown, what: string): string {
  try {
    const text = JSON.stringify(value ?? null)
    if (text !== undefined) return text
  } catch (error) {
    throw new ValueNotKept(`${what} cannot be kept: ${whyNot(value, error)}`, { cause: error })
  }
  throw new ValueNotKept(`${what} cannot be kept: JSON has no ${typeof value}`)
}

/** Engines tell of a cycle where it is, of a BigInt nothing, and of too many levels as of any deep recursion. */
function whyNot(value: unknown, error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deeply'
  const bigInt = typeof value === 'bigint' ? 'it' : nameOfBigInt(value)
  if (bigInt !== undefined) return `${bigInt} is a BigInt, which JSON cannot hold: give it as text`
  return error instanceof Error ? error.message : String(error)
}

function nameOfBigInt(value: unknown): string | undefined {
  let found: string | undefined
  try {
    JSON.stringify(value, (name, part) => {
      if (typeof part !== 'bigint') return part
      found ??= `"${name}"`
      return null
    })
  } catch {
    // It cannot be held for more than one reason: the first is named.
  }
  return found
}
