import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { clientOptions, once, TIMES } from '#aws/clients.ts'
import { env } from '#aws/env.ts'
import type { HttpRequest } from '../../middleware/http-door.ts'
import { logger } from '../../middleware/telemetry.ts'
import { ports } from '../../ports.ts'
import { currentNode, type NodeParts } from './node/current-node.ts'
import type { Node } from './node/node.ts'
import { Nodes } from './node/nodes.ts'

export const parts = once((): NodeParts => {
  const { doorRecords, jobs, clock } = ports()
  return { nodes: new Nodes(doorRecords), jobs, clock }
})

/** Whose nodes: of the token's project, of the tenant that the caller is bound to, else the default ones. */
export const projectOf = ({ tenant_id = 'default' }: HttpRequest): string => tenant_id

/** The node that the path names. @throws NotFoundError */
export async function askedNode(request: HttpRequest): Promise<Node> {
  const node = await parts().nodes.find(projectOf(request), request.parameters.ident ?? '')
  return currentNode(parts(), node)
}

const lambda = once(() => new LambdaClient(clientOptions(TIMES.stepFunctions)))

/** Has the BMC of a node asked what it is and allows: now, where that can be, else with the next scheduled sync. */
export async function syncSoon({ project, uuid }: Node): Promise<void> {
  const command = new InvokeCommand({
    FunctionName: env.syncFunction(),
    InvocationType: 'Event',
    Payload: Buffer.from(JSON.stringify({ node: { project, uuid } })),
  })
  await lambda()
    .send(command)
    .catch((error: Error) => logger.warn('the node is looked at with the next sync', error))
}
