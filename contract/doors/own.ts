import * as z from 'zod'
import { abortBody, abortManyBody } from '#core/api/abort-requests.ts'
import * as answers from '#core/api/answers.ts'
import { cleanUpBody, eventsQuery, listQuery, stepsQuery } from '#core/api/requests.ts'
import { notification } from '#core/notifications/schemas.ts'
import type { API } from '#functions/api/routes.ts'
import { SAMPLES } from '../notifications.ts'
import type { Answer, Operations } from '../operations.ts'
import * as samples from '../samples.ts'

const etag = { etag: 'Of what is answered: send it as `If-None-Match`' }
const UNCHANGED: Answer = {
  description: 'Nothing changed since the tag that `If-None-Match` names',
  headers: etag,
}
const IF_NONE_MATCH = { 'if-none-match': 'The `ETag` of the answer that the caller has' }
const LOCATION = { location: 'The path of the job' }

const tagged = (description: string, schema: z.ZodType, example: unknown): Record<number, Answer> => ({
  200: { description, body: { schema, example }, headers: etag },
  304: UNCHANGED,
})
const page = (item: unknown) => ({ items: [item], next_token: null })

/** What an abort of one job answers, by every door but Gelato's. */
export const ABORT_ANSWERS: Record<number, Answer> = {
  200: {
    description: 'It is aborted so already, and nothing changed; or, with `dry_run`, what would happen',
    body: { schema: z.union([answers.abortJobAnswer, answers.abortPlan]), example: samples.PLAN },
  },
  202: {
    description: 'The abort is written and holds: the job is CANCELLING, and never will be SUCCEEDED',
    body: { schema: answers.abortJobAnswer, example: samples.ABORTED },
    headers: LOCATION,
  },
}
export const ABORT_PROBLEMS = [400, 404, 409, 415, 422]

const document = z.record(z.string(), z.unknown())
const eventList = z.strictObject({ items: z.array(notification), next_token: z.string().nullable() })
const cleanUp = {
  job_execution_id: samples.ID,
  state: 'FAILED',
  left_behind: ['copy-objects[3]: AccessDenied'],
  clean_up: {
    run: 1,
    requested_by: samples.OPERATOR,
    requested_at: '2026-01-31T10:00:00.000Z',
    ended_at: null,
  },
}

export const OWN: Operations<typeof API> = {
  'GET /jobs': {
    summary: 'Jobs, newest first',
    description:
      'Those of a state that has not ended come the one written last first. A page may have fewer items than its limit, even none, and a token all the same.',
    query: listQuery,
    headers: IF_NONE_MATCH,
    answers: tagged('A page of jobs, without their steps', answers.jobList, page(samples.LISTED)),
    problems: [400],
  },
  'GET /jobs/{id}': {
    summary: 'A job with its first hundred steps',
    headers: IF_NONE_MATCH,
    answers: tagged('The job', answers.jobView, samples.JOB),
    problems: [404],
  },
  'GET /jobs/{id}/events': {
    summary: 'The notifications of a job, in order',
    query: eventsQuery,
    answers: {
      200: {
        description: 'A page of them',
        body: { schema: eventList, example: page(SAMPLES['job.cancel.start']) },
      },
    },
    problems: [400, 404],
  },
  'GET /jobs/{id}/steps': {
    summary: 'The steps of a job that were claimed, in the order of the chain',
    query: stepsQuery,
    answers: {
      200: {
        description: 'A page of them; with `values=true` each with its `checkpoint` and `result`',
        body: {
          schema: z.union([answers.stepList, answers.stepWithValuesList]),
          example: page(samples.STEP),
        },
      },
    },
    problems: [400, 404],
  },
  'GET /jobs/{id}/definition': {
    summary: 'The state machine that a job runs',
    headers: IF_NONE_MATCH,
    answers: tagged('As far as it is known', answers.definitionView, samples.DEFINITION),
    problems: [404],
  },
  'GET /templates': {
    summary: 'All job templates',
    answers: {
      200: {
        description: 'All of them on one page',
        body: { schema: answers.templateList, example: page(samples.LISTED_TEMPLATE) },
      },
    },
    problems: [],
  },
  'GET /templates/{name}': {
    summary: 'A job template with its state machine',
    headers: IF_NONE_MATCH,
    answers: tagged('The template as it is deployed now', answers.templateView, samples.TEMPLATE),
    problems: [404],
  },
  'GET /openapi.json': {
    summary: 'This document',
    headers: IF_NONE_MATCH,
    answers: tagged('OpenAPI 3.1', document, { openapi: '3.1.1' }),
    problems: [],
  },
  'GET /asyncapi.json': {
    summary: 'What is put on the event bus',
    headers: IF_NONE_MATCH,
    answers: tagged('AsyncAPI 3', document, { asyncapi: '3.0.0' }),
    problems: [],
  },
  'POST /jobs/abort': {
    summary: 'Abort many jobs at once',
    description:
      'By their ids or by a filter of jobs that have not ended; never all by leaving something out.',
    body: {
      schema: abortManyBody,
      example: {
        filter: { template: 'object-migration', state: 'ONGOING' },
        mode: 'force',
        reason: 'outage',
      },
    },
    answers: {
      200: {
        description: 'One result for each job: `status` is what its own request would have been answered',
        body: {
          schema: z.union([answers.abortJobsAnswer, answers.abortJobsPlan]),
          example: { items: [{ job_execution_id: samples.ID, status: 202, state: 'CANCELLING' }] },
        },
      },
    },
    problems: [400, 415],
  },
  'POST /jobs/{id}/abort': {
    summary: 'Abort a job',
    description:
      'Gracefully: the running step ends at its next safe point. By `force`: the execution is stopped now. What the running abort does not have yet is added to it; it never gets weaker.',
    body: {
      schema: abortBody,
      example: { mode: 'graceful', reason: 'wrong bucket', force_after_seconds: 300 },
    },
    answers: ABORT_ANSWERS,
    problems: ABORT_PROBLEMS,
  },
  'POST /jobs/{id}/clean-up': {
    summary: 'Repeat what the clean-up of a FAILED job could not do',
    body: { schema: cleanUpBody, example: {} },
    answers: {
      200: {
        description: 'One runs already',
        body: { schema: answers.cleanUpAnswer, example: cleanUp },
        headers: LOCATION,
      },
      202: {
        description: 'It begins',
        body: { schema: answers.cleanUpAnswer, example: cleanUp },
        headers: LOCATION,
      },
    },
    problems: [400, 404, 409, 415],
  },
}
