import * as z from 'zod'
import { abortJobBody, abortJobInput } from '#core/api/abort-requests.ts'
import { executeJobAnswer } from '#core/api/answers.ts'
import { executeJobBody, jobId } from '#core/api/requests.ts'
import type { CONTRAIL } from '#functions/doors/contrail/routes.ts'
import type { Operations } from '../operations.ts'
import { ID } from '../samples.ts'
import { ABORT_ANSWERS, ABORT_PROBLEMS } from './own.ts'

export const IDEMPOTENCY_KEY = {
  'idempotency-key': 'Of 1 to 255 visible ASCII characters: a repeat of the request answers the same job',
}

const one = z.array(jobId).length(1)

/** The job in each of the ways in which Contrail's document names it. */
const abortJobDocument = z.strictObject({
  ...abortJobBody.shape,
  input: z.union([
    abortJobInput.extend({ job_execution_id: z.union([jobId, one]) }),
    abortJobInput.omit({ job_execution_id: true }).extend({ job_execution_ids: one }),
  ]),
})

export const CONTRAIL_OPERATIONS: Operations<typeof CONTRAIL> = {
  'POST /execute-job': {
    summary: 'Start a job',
    headers: IDEMPOTENCY_KEY,
    body: {
      required: true,
      schema: executeJobBody,
      example: {
        job_template_fq_name: 'object-migration',
        input: { source: { bucket: 'photos' }, destination: { bucket: 'photos-archive' } },
      },
    },
    answers: {
      202: {
        description: 'The job is written; its execution starts',
        body: { schema: executeJobAnswer, example: { job_execution_id: ID, state: 'PENDING' } },
        headers: { location: 'The path of the job' },
      },
    },
    problems: [400, 404, 415, 422],
  },
  'POST /abort-job': {
    summary: 'Abort a job, in the words of Contrail',
    description: 'The same as `POST /jobs/{id}/abort`. `abort_mode` is Contrail’s word for `mode`.',
    body: {
      required: true,
      schema: abortJobDocument,
      example: { input: { job_execution_id: ID, abort_mode: 'graceful' }, reason: 'wrong bucket' },
    },
    answers: ABORT_ANSWERS,
    problems: ABORT_PROBLEMS,
  },
}
