import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { invalidRequest, parse } from '#core/api/requests.ts'
import type { InvalidPart } from '#core/errors.ts'
import { FAKE_DRIVER_INFO } from '../../steps/node-power/power/fake-driver.ts'
import { redfishFaults } from '../../steps/node-power/redfish/options.ts'
import { DRIVERS } from '../../steps/node-power/targets.ts'
import { json } from '../openstack/json.ts'
import type { Node } from './node/node.ts'
import { isUuid } from './node/nodes.ts'

const text = z.string().max(4096).nullable()
const object = z.record(z.string().max(255), json)

const name = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{1,255}$/, 'must be of 1 to 255 letters, digits and - . _ ~')
  .refine((given) => !isUuid(given.toLowerCase()), 'must not look like a UUID')
  .nullable()

/** What of a node its user writes. */
const written = z.strictObject({
  name: name.default(null),
  driver: z.enum(DRIVERS),
  driver_info: object.default({}),
  properties: object.default({}),
  extra: object.default({}),
  resource_class: text.default(null),
  description: text.default(null),
  owner: text.default(null),
})

/** Interfaces are Ironic's plug-ins; there is one of each here, whichever is named. */
export const newNodeBody = written.extend({ uuid: z.string().optional() }).catchall(json)
const IGNORED = /_interface$/

export type WrittenNode = z.infer<typeof written>

const NEW = {
  power_state: null,
  last_power: null,
  operation: null,
  last_error: null,
  error_source: null,
  allowed: null,
} as const

/** @throws RequestInvalidError */
export function newNode(body: unknown, project: string): Node {
  const { uuid = randomUUID(), ...given } = parse(newNodeBody, body ?? {}, 'the node')
  if (!isUuid(uuid))
    throw invalidRequest('the node is not valid', [{ pointer: '/uuid', detail: 'must be a UUID' }])
  const known = Object.fromEntries(Object.entries(given).filter(([field]) => !IGNORED.test(field)))
  const node = checked(known)
  return { ...NEW, ...node, uuid, project, created_at: '', updated_at: null }
}

/** The parts that a patch may change. */
export const writtenOf = (node: Node): WrittenNode => ({
  name: node.name,
  driver: node.driver,
  driver_info: node.driver_info as WrittenNode['driver_info'],
  properties: node.properties as WrittenNode['properties'],
  extra: node.extra as WrittenNode['extra'],
  resource_class: node.resource_class,
  description: node.description,
  owner: node.owner,
})

/** @throws RequestInvalidError */
export function checked(given: unknown): WrittenNode {
  const node = parse(written, given, 'the node')
  const faults = [...(node.driver === 'redfish' ? redfishFaults : fakeFaults)(node.driver_info)]
  if (faults.length > 0) throw invalidRequest('the node is not valid', faults)
  return node
}

function* fakeFaults(info: Record<string, unknown>): Generator<InvalidPart> {
  for (const [entry, value] of Object.entries(info)) {
    const pointer = `/driver_info/${entry}`
    if (!FAKE_DRIVER_INFO.includes(entry)) {
      yield { pointer, detail: `is not known: there are ${FAKE_DRIVER_INFO.join(', ')}` }
    } else if (!(typeof value === 'number' && value >= 0 && value <= 3600)) {
      yield { pointer, detail: 'must be a number of seconds from 0 to 3600' }
    }
  }
}
