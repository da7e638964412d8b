import type { Door } from '#core/api/door.ts'

/**
 * Gelato, the multi-cloud project of OpenSDS (now the SODA Foundation), moves objects between the stores of several
 * clouds; its users, each with a tenant in the path, abort such a migration by this request.
 */
export const GELATO = {
  name: 'Gelato',
  routes: [
    {
      method: 'POST',
      path: '/v1/{tenantId}/jobs/{id}/abort',
      useCase: 'abortJob',
      bundle: 'api/abort-job',
      authorizer: 'iam',
    },
  ],
} as const satisfies Door
