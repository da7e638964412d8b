import * as z from 'zod'
import { plainJson } from '#core/text/plain-json.ts'
import type { ErrorEnvelope } from '../../middleware/http-door.ts'
import type { Problem } from '../../middleware/problem.ts'

/** `error_message` is a JSON text: `{debuginfo, faultcode, faultstring}`. */
export const openStackFault = z.strictObject({ error_message: z.string() })

/** What a request is refused for, part by part, in the one line that the clients show. */
function faultString({ detail, facts }: Problem): string {
  const errors = Array.isArray(facts.errors) ? facts.errors : []
  const parts = errors.map(({ pointer, detail: why }) => `${pointer || 'the body'} ${why}`)
  return [detail, ...parts.filter((part) => part !== detail)].join('; ')
}

/**
 * OpenStack's own envelope: a JSON text within JSON. Its clients crash on an `error_message` that is none, on a
 * Retry-After, and drop what is not `application/json`.
 */
export const openStackEnvelope: ErrorEnvelope = (problem) => {
  const fault = {
    debuginfo: null,
    faultcode: problem.status < 500 ? 'Client' : 'Server',
    faultstring: faultString(problem),
  }
  return {
    statusCode: problem.status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: plainJson({ error_message: plainJson(fault) }),
  }
}
