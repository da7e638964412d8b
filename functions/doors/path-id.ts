import { jobId } from '#core/api/requests.ts'
import { plainText } from '#core/text/plain-text.ts'
import { noSuchJob } from '#engine/jobs/find.ts'
import type { HttpRequest } from '../middleware/http-door.ts'

const MAX_SHOWN = 80

/**
 * The job's id in the path, which API Gateway has decoded once. No id has a `%`: what still has one was encoded twice,
 * as `.` and `..` have to be (`%252E`), because clients and proxies take `.`, `..` and `%2E` in a path for themselves.
 *
 * A malformed one names no job: denied, unknown and malformed look alike.
 */
export function pathId({ parameters: { id = '' } }: HttpRequest): string {
  const decoded = id.includes('%') ? decode(id) : id
  if (!jobId.safeParse(decoded).success) throw noSuchJob(JSON.stringify(plainText(id, MAX_SHOWN)))
  return decoded
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
