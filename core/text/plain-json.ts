import { replaceControl } from './control.ts'

declare global {
  interface JSON {
    /** Of a number, among others: JSON.stringify writes it as this text. */
    rawJSON(text: string): unknown
  }
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A JSON text that stands in an answer as it is: numbers, order and depth stay what they were. */
export class RawJson {
  readonly json: string
  constructor(json: string) {
    this.json = json
  }
}

/** A text, which is skipped whole, or the mark of a raw part: no number is ever written so. */
const TEXT_OR_MARK = /"[^"\\]*(?:\\.[^"\\]*)*"|-0e(\d+)/g
const TEXT_OR_BLANK = /"[^"\\]*(?:\\.[^"\\]*)*"|\s+/g

/** Line breaks between the parts are control characters, too. */
const compact = (json: string): string => json.replace(TEXT_OR_BLANK, (found) => found.trim() && found)

/** JSON without a raw control character (it escapes those below U+0020 itself, no others); means the same. */
export function plainJson(value: unknown): string {
  const parts: string[] = []
  const text = JSON.stringify(value, (_name, part) => {
    if (!(part instanceof RawJson)) return part
    return JSON.rawJSON(`-0e${parts.push(compact(part.json)) - 1}`)
  })
  const whole = parts.length === 0 ? text : text.replace(TEXT_OR_MARK, withParts(parts))
  return replaceControl(whole, escaped)
}

const withParts =
  (parts: string[]) =>
  (found: string, index?: string): string =>
    (index === undefined ? undefined : parts[Number(index)]) ?? found
