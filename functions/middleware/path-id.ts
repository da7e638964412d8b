import { jobId } from '#core/api/requests.ts'
import { plainText } from '#core/text/plain-text.ts'
import { noSuchJob } from '#engine/jobs/find.ts'
import type { HttpEvent } from './http.ts'

const MAX_TOLD = 80

/** The job's id in the path. A malformed one names no job: denied, unknown and malformed look alike. */
export function pathId(event: HttpEvent): string {
  const id = event.pathParameters?.id ?? ''
  if (!jobId.safeParse(id).success) throw noSuchJob(JSON.stringify(plainText(id, MAX_TOLD)))
  return id
}
