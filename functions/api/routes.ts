import type { Door } from '#core/api/door.ts'

/** Our own door: jobs and templates by our own words. */
export const API = {
  name: 'Standdown',
  routes: [
    { method: 'GET', path: '/jobs', useCase: 'listJobs', bundle: 'api/jobs', authorizer: 'iam' },
    { method: 'GET', path: '/jobs/{id}', useCase: 'showJob', bundle: 'api/jobs', authorizer: 'iam' },
    {
      method: 'GET',
      path: '/jobs/{id}/events',
      useCase: 'listEvents',
      bundle: 'api/jobs',
      authorizer: 'iam',
    },
    { method: 'GET', path: '/jobs/{id}/steps', useCase: 'listSteps', bundle: 'api/jobs', authorizer: 'iam' },
    {
      method: 'GET',
      path: '/jobs/{id}/definition',
      useCase: 'showDefinition',
      bundle: 'api/jobs',
      authorizer: 'iam',
    },
    {
      method: 'GET',
      path: '/templates/{name}',
      useCase: 'showTemplate',
      bundle: 'api/jobs',
      authorizer: 'iam',
    },
    { method: 'GET', path: '/templates', useCase: 'listTemplates', bundle: 'api/jobs', authorizer: 'iam' },
    { method: 'GET', path: '/openapi.json', useCase: 'showOpenApi', bundle: 'api/jobs', authorizer: 'iam' },
    { method: 'GET', path: '/asyncapi.json', useCase: 'showAsyncApi', bundle: 'api/jobs', authorizer: 'iam' },
    {
      method: 'POST',
      path: '/jobs/abort',
      useCase: 'abortJobs',
      bundle: 'api/abort-job',
      authorizer: 'iam',
    },
    {
      method: 'POST',
      path: '/jobs/{id}/abort',
      useCase: 'abortJob',
      bundle: 'api/abort-job',
      authorizer: 'iam',
    },
    {
      method: 'POST',
      path: '/jobs/{id}/clean-up',
      useCase: 'cleanUp',
      bundle: 'api/abort-job',
      authorizer: 'iam',
    },
  ],
} as const satisfies Door
