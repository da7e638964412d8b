import { plainJson } from '#core/text/plain-json.ts'
import type { ErrorEnvelope } from './http-door.ts'

/** RFC 9457. */
export const problemDocument: ErrorEnvelope = ({ kind, status, title, detail, facts }) => ({
  statusCode: status,
  headers: {
    'content-type': 'application/problem+json',
    ...(status === 429 ? { 'retry-after': '1' } : {}),
  },
  body: plainJson({ type: `urn:standdown:problem:${kind}`, title, status, detail, ...facts }),
})
