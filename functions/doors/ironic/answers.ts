import * as z from 'zod'
import { link, openStackTimeText } from '../openstack/answers.ts'

const json = z.record(z.string(), z.unknown())
const text = z.string().nullable()

/** `GET /nodes/{ident}/states`. */
export const nodeStates = z.strictObject({
  console_enabled: z.literal(false),
  last_error: text,
  power_state: z.enum(['power on', 'power off', 'error']).nullable(),
  target_power_state: text,
  provision_state: z.literal('available'),
  target_provision_state: z.null(),
  provision_updated_at: z.null(),
  supported_power_states: z.array(z.string()),
})
export type NodeStates = z.infer<typeof nodeStates>

/** All that there is to see of a node. `job_execution_id`: the job that changes its power, for our own routes. */
export const nodeView = nodeStates.extend({
  uuid: z.string(),
  name: text,
  driver: z.string(),
  driver_info: json,
  properties: json,
  extra: json,
  resource_class: text,
  description: text,
  owner: text,
  instance_uuid: z.null(),
  maintenance: z.literal(false),
  maintenance_reason: z.null(),
  reservation: z.null(),
  job_execution_id: text,
  created_at: openStackTimeText,
  updated_at: openStackTimeText.nullable(),
  links: z.array(link),
})
export type NodeView = z.infer<typeof nodeView>

/** With `fields` in the query only those are answered; OpenStack's short list has some of them, too. */
export const someOfNode = nodeView.partial()
export const nodeList = z.strictObject({ nodes: z.array(someOfNode), next: z.string().optional() })
