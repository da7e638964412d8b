import type { Door } from '#core/api/door.ts'

const JOBS = '/v1/{tenantId}/jobs'

/**
 * Gelato, the multi-cloud project of OpenSDS (now the SODA Foundation), moves objects between the stores of several
 * clouds; its users, each with a tenant in the path, start such a migration, look at it and abort it.
 */
export const GELATO = {
  name: 'Gelato',
  routes: [
    { method: 'GET', path: JOBS, useCase: 'listMigrations', bundle: 'api/jobs', authorizer: 'iam' },
    { method: 'POST', path: JOBS, useCase: 'startMigration', bundle: 'api/execute-job', authorizer: 'iam' },
    { method: 'GET', path: `${JOBS}/{id}`, useCase: 'showMigration', bundle: 'api/jobs', authorizer: 'iam' },
    {
      method: 'POST',
      path: `${JOBS}/{id}/abort`,
      useCase: 'abortJob',
      bundle: 'api/abort-job',
      authorizer: 'iam',
    },
  ],
} as const satisfies Door
