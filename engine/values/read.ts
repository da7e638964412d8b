import type { JsonText, JsonValue } from '#core/value.ts'
import type { Needs } from '../ports.ts'

/** The value as its author gave it; null where there is none. */
export async function readValue(
  ports: Needs<'values'>,
  jobId: string,
  value: JsonValue | null,
): Promise<unknown> {
  return value === null ? null : JSON.parse(await readText(ports, jobId, value))
}

export const readText = async (
  { values }: Needs<'values'>,
  jobId: string,
  value: JsonValue,
): Promise<JsonText> => ('text' in value ? value.text : values.get(jobId, value))
