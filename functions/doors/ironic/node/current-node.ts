import type { Needs } from '#engine/ports.ts'
import { type Node, settled } from './node.ts'
import type { Nodes } from './nodes.ts'

export type NodeParts = { nodes: Nodes } & Needs<'jobs' | 'clock'>

/** The node as it is now: an operation whose job has ended is over, and is then written so. @throws NotFoundError */
export async function currentNode({ nodes, jobs, clock }: NodeParts, node: Node): Promise<Node> {
  if (!node.operation) return node
  const job = await jobs.get(node.operation.job_id)
  if (settled(node, job, clock.now()) === node) return node
  return nodes.update(node.project, node.uuid, (now) => settled(now, job, clock.now()))
}
