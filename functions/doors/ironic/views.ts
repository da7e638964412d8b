import { supportedPowerStates } from '../../steps/node-power/targets.ts'
import { linksOf, openStackTime } from '../openstack/links.ts'
import type { NodeStates, NodeView } from './answers.ts'
import type { Node } from './node/node.ts'

/** What Ironic has of a node, and nothing here ever changes. */
const UNUSED = {
  instance_uuid: null,
  provision_state: 'available',
  target_provision_state: null,
  provision_updated_at: null,
  maintenance: false,
  maintenance_reason: null,
  reservation: null,
  console_enabled: false,
} as const

const states = (node: Node) => ({
  console_enabled: UNUSED.console_enabled,
  last_error: node.last_error,
  power_state: node.power_state,
  target_power_state: node.operation?.target ?? null,
  provision_state: UNUSED.provision_state,
  target_provision_state: null,
  provision_updated_at: null,
})

export const viewStates = (node: Node): NodeStates => ({
  ...states(node),
  supported_power_states: supportedPowerStates(node),
})

/** All that there is to see of a node. */
export const viewNode = (node: Node, door: string): NodeView => ({
  uuid: node.uuid,
  name: node.name,
  driver: node.driver,
  driver_info: node.driver_info,
  properties: node.properties,
  extra: node.extra,
  resource_class: node.resource_class,
  description: node.description,
  owner: node.owner,
  ...UNUSED,
  ...states(node),
  supported_power_states: supportedPowerStates(node),
  job_execution_id: node.operation?.job_id ?? null,
  created_at: openStackTime(node.created_at),
  updated_at: node.updated_at && openStackTime(node.updated_at),
  links: linksOf(door, `nodes/${node.uuid}`),
})

export const SHORT = [
  'uuid',
  'name',
  'instance_uuid',
  'power_state',
  'provision_state',
  'maintenance',
  'links',
]

export const viewDriver = (name: string, door: string) => ({
  name,
  hosts: ['standdown'],
  type: 'dynamic',
  links: linksOf(door, `drivers/${name}`),
})
