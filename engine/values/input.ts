import { bytesOf, INLINE_BYTES, type JsonText, type JsonValue } from '#core/value.ts'
import { nameBasedId } from '../name-based-id.ts'
import type { Needs } from '../ports.ts'

/** An input is named by what it is: a repeat writes the same again, another request's input another one. */
export async function putInput(
  { values }: Needs<'values'>,
  jobId: string,
  text: JsonText,
): Promise<JsonValue> {
  if (bytesOf(text) <= INLINE_BYTES) return { text }
  return values.put(jobId, { place: `INPUT#${nameBasedId(text)}`, write: 1, text })
}
