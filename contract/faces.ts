import type { Door } from '#core/api/door.ts'
import { API } from '#functions/api/routes.ts'
import { CONTRAIL } from '#functions/doors/contrail/routes.ts'
import { GELATO } from '#functions/doors/gelato/routes.ts'
import { IRONIC, NODES } from '#functions/doors/ironic/routes.ts'
import { ACTION_PLANS, WATCHER } from '#functions/doors/watcher/routes.ts'
import { PLAN_OPERATIONS, WATCHER_OPERATIONS } from './doors/action-plans.ts'
import { CONTRAIL_OPERATIONS } from './doors/contrail.ts'
import { GELATO_OPERATIONS } from './doors/gelato.ts'
import { IRONIC_OPERATIONS, NODE_OPERATIONS } from './doors/nodes.ts'
import { OWN } from './doors/own.ts'
import type { Operation } from './operations.ts'

/** A door, and what is to be said of its routes. */
export type Face = { door: Door; description: string; operations: Record<string, Operation> }

/** Every door that the stack opens. */
export const FACES: Face[] = [
  { door: API, operations: OWN, description: 'Jobs and templates, in our own words' },
  {
    door: CONTRAIL,
    operations: CONTRAIL_OPERATIONS,
    description: 'Start and abort a job, in the words of Contrail',
  },
  { door: GELATO, operations: GELATO_OPERATIONS, description: 'Migrations, in the words of OpenSDS Gelato' },
  { door: NODES, operations: NODE_OPERATIONS, description: 'Bare-metal nodes, with our own refusals' },
  { door: ACTION_PLANS, operations: PLAN_OPERATIONS, description: 'Action plans, with our own refusals' },
  {
    door: IRONIC,
    operations: IRONIC_OPERATIONS,
    description: 'Bare-metal nodes, as clients of OpenStack Ironic ask',
  },
  {
    door: WATCHER,
    operations: WATCHER_OPERATIONS,
    description: 'Action plans, as clients of OpenStack Watcher ask',
  },
]
