import * as z from 'zod'
import * as answers from '#functions/doors/ironic/answers.ts'
import { newNodeBody } from '#functions/doors/ironic/node-body.ts'
import { powerBody } from '#functions/doors/ironic/power.ts'
import type { IRONIC, NODES } from '#functions/doors/ironic/routes.ts'
import { patchBody } from '#functions/doors/openstack/json-patch.ts'
import type { Answer, Operation, Operations } from '../operations.ts'
import { NODE } from '../samples.ts'

export const paging = {
  limit: z.string().optional(),
  marker: z.string().optional(),
  sort_key: z.string().optional(),
  sort_dir: z.enum(['asc', 'desc']).optional(),
}
const fields = { fields: z.string().optional() }
const LOCATION = { location: 'The URL of what there is now' }
const NOTHING: Answer = { description: 'Done' }

const STATES = Object.fromEntries(answers.nodeStates.keyof().options.map((name) => [name, NODE[name]]))

const node = (description: string): Answer => ({
  description,
  body: { schema: answers.nodeView, example: NODE },
})
const some = (description: string): Answer => ({
  description,
  body: { schema: answers.someOfNode, example: NODE },
})

const list: Operation = {
  summary: 'Nodes',
  query: z.object({ ...paging, ...fields }),
  answers: {
    200: { description: 'A page of nodes', body: { schema: answers.nodeList, example: { nodes: [NODE] } } },
  },
  problems: [400, 404],
}
const create: Operation = {
  summary: 'Register a node',
  body: {
    required: true,
    schema: newNodeBody,
    example: { name: 'rack1-u07', driver: 'fake-hardware', driver_info: { fake_soft_power_off_delay: 60 } },
  },
  answers: { 201: { ...node('The node'), headers: LOCATION } },
  problems: [400, 409, 415],
}
const show: Operation = {
  summary: 'A node',
  query: z.object(fields),
  answers: { 200: some('The node; with `fields` these of it') },
  problems: [400, 404],
}
const change: Operation = {
  summary: 'Change a node by a JSON Patch',
  body: {
    required: true,
    schema: patchBody,
    example: [{ op: 'replace', path: '/name', value: 'rack1-u08' }],
  },
  answers: { 200: node('The node as it is now') },
  problems: [400, 404, 409, 415],
}
const remove: Operation = {
  summary: 'Forget a node',
  answers: { 204: NOTHING },
  problems: [404, 409],
}
const states: Operation = {
  summary: 'The states of a node',
  answers: { 200: { description: 'The states', body: { schema: answers.nodeStates, example: STATES } } },
  problems: [404],
}
const power: Operation = {
  summary: 'Change the power of a node, or abort that',
  description: '`soft power off` begins a job; `abort soft power off` aborts it.',
  body: { required: true, schema: powerBody, example: { target: 'soft power off', timeout: 600 } },
  answers: { 202: { description: 'It has begun, or is being aborted', headers: LOCATION } },
  problems: [400, 404, 409, 415],
}
const nmi: Operation = {
  summary: 'Inject an NMI',
  answers: { 204: NOTHING },
  problems: [400, 404, 409, 415],
}

export const NODE_OPERATIONS: Operations<typeof NODES> = {
  'GET /nodes': list,
  'POST /nodes': create,
  'GET /nodes/{ident}': show,
  'PATCH /nodes/{ident}': change,
  'DELETE /nodes/{ident}': remove,
  'GET /nodes/{ident}/states': states,
  'PUT /nodes/{ident}/states/power': power,
  'PUT /nodes/{ident}/management/inject_nmi': nmi,
}

/** What the doors of OpenStack's services say of themselves. */
export const about = (summary: string): Operation => ({
  summary,
  answers: {
    200: { description: summary, body: { schema: z.record(z.string(), z.unknown()), example: { id: 'v1' } } },
  },
  problems: [],
})

const verdict = z.object({ result: z.boolean(), reason: z.string().nullable().optional() })

export const IRONIC_OPERATIONS: Operations<typeof IRONIC> = {
  'GET /': about('The versions of the door'),
  'GET /v1': about('What the version has'),
  'GET /v1/drivers': about('The drivers'),
  'GET /v1/drivers/{name}': about('A driver'),
  'GET /v1/nodes': { ...list, summary: 'Nodes, some of their fields' },
  'POST /v1/nodes': create,
  'GET /v1/nodes/detail': list,
  'GET /v1/nodes/{ident}': show,
  'PATCH /v1/nodes/{ident}': change,
  'DELETE /v1/nodes/{ident}': remove,
  'GET /v1/nodes/{ident}/states': states,
  'GET /v1/nodes/{ident}/validate': {
    summary: 'Whether the node can be reached',
    answers: {
      200: {
        description: 'By what its last power sync says',
        body: {
          schema: z.object({ power: verdict, management: verdict }),
          example: { power: { result: true }, management: { result: true } },
        },
      },
    },
    problems: [404],
  },
  'PUT /v1/nodes/{ident}/states/power': power,
  'PUT /v1/nodes/{ident}/management/inject_nmi': nmi,
}
