import { jobId } from '#core/api/requests.ts'
import { plainText } from '#core/text/plain-text.ts'
import { noSuchJob } from '#engine/jobs/find.ts'
import type { HttpRequest } from '../middleware/http-door.ts'

const MAX_SHOWN = 80

/** The job's id in the path. A malformed one names no job: denied, unknown and malformed look alike. */
export function pathId({ parameters: { id = '' } }: HttpRequest): string {
  if (!jobId.safeParse(id).success) throw noSuchJob(JSON.stringify(plainText(id, MAX_SHOWN)))
  return id
}
