import { invalidRequest } from '#core/api/requests.ts'
import { ConflictError, NotFoundError } from '#core/errors.ts'
import { answer } from '../../middleware/http.ts'
import type { HttpAnswer, HttpRequest } from '../../middleware/http-door.ts'
import { DRIVERS } from '../../steps/node-power/targets.ts'
import { applyPatch, parsePatch } from '../openstack/json-patch.ts'
import { doorUrl, nextUrl } from '../openstack/links.ts'
import { listQuery, pageOf } from '../openstack/list-query.ts'
import { currentNode } from './node/current-node.ts'
import type { Node } from './node/node.ts'
import { isUuid } from './node/nodes.ts'
import { checked, newNode, writtenOf } from './node-body.ts'
import { askedNode, parts, projectOf, syncSoon } from './parts.ts'
import { SHORT, viewDriver, viewNode } from './views.ts'

const BASE = '/baremetal'

const SORT_KEYS = [
  'uuid',
  'name',
  'driver',
  'power_state',
  'created_at',
  'updated_at',
  'resource_class',
  'owner',
] as const

const list = async (request: HttpRequest, short: boolean): Promise<HttpAnswer> => {
  const door = doorUrl(request, BASE)
  const query = listQuery(request.query, { sortKeys: SORT_KEYS, sortKey: 'created_at', isMarker: isUuid })
  const nodes = await parts().nodes.list(projectOf(request))
  const sorting = { query, idOf: ({ uuid }: Node) => uuid, noun: 'Node' }
  const { items, more } = pageOf(nodes, { ...sorting, sortedBy: (node, key) => node[key] })
  const current = await Promise.all(items.map((node) => currentNode(parts(), node)))
  const fields = fieldsOf(request) ?? (short ? SHORT : null)
  const path = short ? `${door}/v1/nodes` : `${door}/v1/nodes/detail`
  const next = more ? { next: nextUrl(path, request.query, items.at(-1)!.uuid) } : {}
  return answer(200, { nodes: current.map((node) => cut(viewNode(node, door), fields)), ...next })
}

export const listNodes = (request: HttpRequest): Promise<HttpAnswer> => list(request, true)
export const listNodesInDetail = (request: HttpRequest): Promise<HttpAnswer> => list(request, false)

export async function showNode(request: HttpRequest): Promise<HttpAnswer> {
  const node = await askedNode(request)
  return answer(200, cut(viewNode(node, doorUrl(request, BASE)), fieldsOf(request)))
}

export async function createNode(request: HttpRequest): Promise<HttpAnswer> {
  const node = await parts().nodes.create(newNode(request.body, projectOf(request)))
  await syncSoon(node)
  const view = viewNode(node, doorUrl(request, BASE))
  return answer(201, view, { location: `${doorUrl(request, BASE)}/v1/nodes/${node.uuid}` })
}

export async function changeNode(request: HttpRequest): Promise<HttpAnswer> {
  const patch = parsePatch(request.body)
  const { ident = '' } = request.parameters
  let before: Node | undefined
  const node = await parts().nodes.update(projectOf(request), ident, (current) => {
    before = current
    const changed = checked(applyPatch(writtenOf(current), patch))
    const other = changed.driver !== current.driver || !alike(changed.driver_info, current.driver_info)
    if (other && current.operation) throw busy(current)
    return { ...current, ...changed, ...(other ? { allowed: null } : {}) }
  })
  if (!alike(before?.driver_info, node.driver_info)) await syncSoon(node)
  return answer(200, viewNode(node, doorUrl(request, BASE)))
}

export async function deleteNode(request: HttpRequest): Promise<HttpAnswer> {
  const { project, uuid } = await askedNode(request)
  await parts().nodes.remove(project, uuid, (node) => {
    if (node.operation) throw busy(node)
  })
  return { statusCode: 204 }
}

/** Whether the node can be reached is what its power sync says of it. */
export async function validateNode(request: HttpRequest): Promise<HttpAnswer> {
  const node = await askedNode(request)
  const reached = node.error_source !== 'sync'
  const power = reached ? { result: true } : { result: false, reason: node.last_error }
  const nmi = viewNode(node, '').supported_power_states as string[]
  const management = nmi.includes('inject nmi')
    ? power
    : { result: false, reason: 'the driver injects no NMI' }
  return answer(200, { power, management })
}

export async function listDrivers(request: HttpRequest): Promise<HttpAnswer> {
  return answer(200, { drivers: DRIVERS.map((name) => viewDriver(name, doorUrl(request, BASE))) })
}

export async function showDriver(request: HttpRequest): Promise<HttpAnswer> {
  const name = DRIVERS.find((known) => known === request.parameters.name)
  if (!name) throw new NotFoundError(`Driver ${request.parameters.name} could not be found.`)
  return answer(200, viewDriver(name, doorUrl(request, BASE)))
}

export const busy = ({ name, uuid, operation }: Node): ConflictError =>
  new ConflictError(
    `Node ${name ?? uuid} is locked by ${operation?.target} (job ${operation?.job_id}), please retry after the current operation is completed.`,
  )

function fieldsOf({ query }: HttpRequest): string[] | null {
  const { fields } = query
  return fields === undefined ? null : [...fields.split(',').filter(Boolean), 'links']
}

/** All fields of an answer are printed, so that those not asked for must not be in it. */
function cut(node: Record<string, unknown>, fields: string[] | null): Record<string, unknown> {
  if (!fields) return node
  const unknown = fields.filter((field) => !Object.hasOwn(node, field))
  if (unknown.length > 0) {
    throw invalidRequest('the query is not valid', [
      {
        pointer: '?fields',
        detail: `names ${unknown.join(', ')}: there are ${Object.keys(node).join(', ')}`,
      },
    ])
  }
  return Object.fromEntries(Object.entries(node).filter(([field]) => fields.includes(field)))
}

const alike = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
