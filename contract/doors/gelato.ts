import * as z from 'zod'
import { abortBody } from '#core/api/abort-requests.ts'
import { abortPlan } from '#core/api/answers.ts'
import { eventsQuery } from '#core/api/requests.ts'
import * as answers from '#functions/doors/gelato/answers.ts'
import type { GELATO } from '#functions/doors/gelato/routes.ts'
import { migrationBody } from '#functions/doors/gelato/start-job.ts'
import type { Operations } from '../operations.ts'
import { ID } from '../samples.ts'
import { IDEMPOTENCY_KEY } from './contrail.ts'
import { ABORT_PROBLEMS } from './own.ts'

const MIGRATION = {
  Id: ID,
  Type: 'migration',
  Status: 'ONGOING',
  SourceLocation: 'photos/2025',
  DestLocation: 'photos-archive',
  RemainSource: true,
  CreateTime: '2026-01-31T09:00:00.000Z',
  StartTime: '2026-01-31T09:00:02.000Z',
  EndTime: null,
  Fault: null,
}
const AMOUNTS = {
  TotalCapacity: 104_857_600,
  PassedCapacity: 52_428_800,
  TotalCount: 100,
  PassedCount: 50,
  Progress: 50,
}
const aborted = { Id: ID, Status: 'CANCELLING' }

export const GELATO_OPERATIONS: Operations<typeof GELATO> = {
  'GET /v1/{tenantId}/jobs': {
    summary: 'The migrations of a tenant, newest first',
    query: eventsQuery,
    answers: {
      200: {
        description: 'A page of them',
        body: { schema: answers.migrationList, example: { Jobs: [MIGRATION], NextToken: null } },
      },
    },
    problems: [400, 404],
  },
  'POST /v1/{tenantId}/jobs': {
    summary: 'Start a migration',
    headers: IDEMPOTENCY_KEY,
    body: {
      required: true,
      schema: migrationBody,
      example: { SourceLocation: 'photos/2025', DestLocation: 'photos-archive', RemainSource: true },
    },
    answers: {
      202: {
        description: 'The migration is written; its execution starts',
        body: { schema: answers.startedMigration, example: { Id: ID, Status: 'PENDING' } },
        headers: { location: 'The path of the migration' },
      },
    },
    problems: [400, 404, 415, 422],
  },
  'GET /v1/{tenantId}/jobs/{id}': {
    summary: 'A migration, and how far it is',
    answers: {
      200: {
        description: 'The migration',
        body: { schema: answers.migrationView, example: { ...MIGRATION, ...AMOUNTS } },
      },
    },
    problems: [404],
  },
  'POST /v1/{tenantId}/jobs/{id}/abort': {
    summary: 'Abort a job of a tenant',
    body: { schema: abortBody, example: { mode: 'graceful' } },
    answers: {
      200: {
        description: 'It is aborted so already; or, with `dry_run`, what would happen',
        body: { schema: z.union([answers.abortedMigration, abortPlan]), example: aborted },
      },
      202: {
        description: 'The abort is written and holds',
        body: { schema: answers.abortedMigration, example: aborted },
        headers: { location: 'The path of the job' },
      },
    },
    problems: ABORT_PROBLEMS,
  },
}
