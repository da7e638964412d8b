import { createHash } from 'node:crypto'
import { canonicalJson } from '#core/text/canonical-json.ts'
import { answer } from './http.ts'
import type { HttpAnswer, HttpRequest } from './http-door.ts'

/** RFC 9110: `*`, or a list of tags, compared weakly. */
const knows = (header: string | undefined, etag: string): boolean =>
  header?.trim() === '*' || (header?.match(/"[^"]*"/g) ?? ([] as string[])).includes(etag)

/** The answer with a tag of what it says: 304 without a body to who has it already. */
export function tagged({ headers: received }: HttpRequest, body: unknown): HttpAnswer {
  const etag = `"${createHash('sha256').update(canonicalJson(body)).digest('base64url').slice(0, 27)}"`
  const headers = { etag, 'cache-control': 'no-cache' }
  if (knows(received['if-none-match'], etag)) return { statusCode: 304, headers }
  return answer(200, body, headers)
}
