import type { Door } from '#core/api/door.ts'

/**
 * Contrail, Juniper's network controller (its open core is Tungsten Fabric), runs job templates of Ansible playbooks on
 * the devices of a data centre; its users start and abort such jobs by these two requests.
 */
export const CONTRAIL = {
  name: 'Contrail',
  routes: [
    {
      method: 'POST',
      path: '/execute-job',
      useCase: 'executeJob',
      bundle: 'api/execute-job',
      authorizer: 'iam',
    },
    { method: 'POST', path: '/abort-job', useCase: 'abortJob', bundle: 'api/abort-job', authorizer: 'iam' },
  ],
} as const satisfies Door
