import { httpFunction } from '../../middleware/http.ts'
import { httpDoor } from '../../middleware/http-door.ts'
import { JSON_API } from '../../middleware/json-api.ts'
import { openStackBody, openStackDoor } from '../openstack/openstack-door.ts'
import * as nodes from './nodes.ts'
import { injectNmi, setPower, showStates } from './power.ts'
import { IRONIC, NODES } from './routes.ts'
import { IRONIC_VERSIONS, showRoot, showVersion } from './versions.ts'

const { changeNode, createNode, deleteNode, listNodesInDetail, showNode } = nodes
const own = {
  changeNode,
  createNode,
  deleteNode,
  listNodesInDetail,
  showNode,
  injectNmi,
  setPower,
  showStates,
}

const bundle = 'doors/ironic/handler'

const ironic = httpDoor({
  door: IRONIC,
  bundle,
  handlers: { ...nodes, injectNmi, setPower, showStates, showRoot, showVersion },
  ...openStackDoor(IRONIC_VERSIONS),
})

const ownNodes = httpDoor({ door: NODES, bundle, handlers: own, ...JSON_API, body: openStackBody })

export const handler = httpFunction('Ironic', [ironic, ownNodes])
