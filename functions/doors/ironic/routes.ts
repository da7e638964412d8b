import type { BasedDoor, RoutedDoor } from '#core/api/door.ts'

const NODE = '/v1/nodes/{ident}'

/** Ironic, OpenStack's bare-metal service: its clients register nodes, change their power, and abort that. */
export const IRONIC = {
  name: 'Ironic',
  base: '/baremetal',
  bundle: 'doors/ironic/handler',
  authorizer: 'openstack',
  routes: [
    { method: 'GET', path: '/', useCase: 'showRoot' },
    { method: 'GET', path: '/v1', useCase: 'showVersion' },
    { method: 'GET', path: '/v1/drivers', useCase: 'listDrivers' },
    { method: 'GET', path: '/v1/drivers/{name}', useCase: 'showDriver' },
    { method: 'GET', path: '/v1/nodes', useCase: 'listNodes' },
    { method: 'POST', path: '/v1/nodes', useCase: 'createNode' },
    { method: 'GET', path: '/v1/nodes/detail', useCase: 'listNodesInDetail' },
    { method: 'GET', path: NODE, useCase: 'showNode' },
    { method: 'PATCH', path: NODE, useCase: 'changeNode' },
    { method: 'DELETE', path: NODE, useCase: 'deleteNode' },
    { method: 'GET', path: `${NODE}/states`, useCase: 'showStates' },
    { method: 'GET', path: `${NODE}/validate`, useCase: 'validateNode' },
    { method: 'PUT', path: `${NODE}/states/power`, useCase: 'setPower' },
    { method: 'PUT', path: `${NODE}/management/inject_nmi`, useCase: 'injectNmi' },
  ],
} as const satisfies BasedDoor

const SERVED = { bundle: 'doors/ironic/handler', authorizer: 'iam' } as const

/** The same nodes by our own errors, for whoever signs. */
export const NODES = {
  name: 'Nodes',
  routes: [
    { method: 'GET', path: '/nodes', useCase: 'listNodesInDetail', ...SERVED },
    { method: 'POST', path: '/nodes', useCase: 'createNode', ...SERVED },
    { method: 'GET', path: '/nodes/{ident}', useCase: 'showNode', ...SERVED },
    { method: 'PATCH', path: '/nodes/{ident}', useCase: 'changeNode', ...SERVED },
    { method: 'DELETE', path: '/nodes/{ident}', useCase: 'deleteNode', ...SERVED },
    { method: 'GET', path: '/nodes/{ident}/states', useCase: 'showStates', ...SERVED },
    { method: 'PUT', path: '/nodes/{ident}/states/power', useCase: 'setPower', ...SERVED },
    { method: 'PUT', path: '/nodes/{ident}/management/inject_nmi', useCase: 'injectNmi', ...SERVED },
  ],
} as const satisfies RoutedDoor
