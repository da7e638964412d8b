import { inParallel } from '#engine/in-parallel.ts'
import type { PowerDriver, Reading } from '../../../steps/node-power/power/driver.ts'
import type { DrivenNode } from '../../../steps/node-power/power/open-driver.ts'
import { currentNode, type NodeParts } from '../node/current-node.ts'
import { type Node, powered } from '../node/node.ts'
import { unlessGone } from '../node/nodes.ts'

export type SyncParts = NodeParts & { open(node: DrivenNode): Promise<PowerDriver> }

/** One of the nodes that could not be written; the others were. */
export type NotSynced = { node: string; error: unknown }

const AT_ONCE = 20

/** Brings what is known of the nodes to what their BMCs say. A node whose operation runs is left alone. */
export async function syncNodes(parts: SyncParts, nodes: Node[], signal: AbortSignal): Promise<NotSynced[]> {
  const failed: NotSynced[] = []
  await inParallel(nodes, AT_ONCE, async (node) => {
    await syncNode(parts, node, signal).catch((error) => failed.push({ node: node.uuid, error }))
  })
  return failed
}

async function syncNode(parts: SyncParts, node: Node, signal: AbortSignal): Promise<void> {
  const current = await currentNode(parts, node).catch(unlessGone)
  if (!current || current.operation) return
  const seen = await look(parts, current, signal)
  await parts.nodes.update(node.project, node.uuid, (now) => corrected(now, seen)).catch(unlessGone)
}

/** What the BMC says, or why it says nothing. */
async function look(
  { open }: SyncParts,
  node: Node,
  signal: AbortSignal,
): Promise<Reading | { error: string }> {
  try {
    const driver = await open({ ...node, power_state: node.last_power, told: null })
    try {
      return await driver.read(signal)
    } finally {
      await driver.close()
    }
  } catch (error) {
    return { error: (error as Error).message.slice(0, 1000) }
  }
}

/** An error of an operation, or of an abort, stays until the next operation; only its own are taken back. */
export function corrected(node: Node, seen: Reading | { error: string }): Node {
  if (node.operation) return node
  const own = node.last_error === null || node.error_source === 'sync'
  if ('error' in seen) {
    if (!own || node.last_error === seen.error) return node
    return { ...node, last_error: seen.error, error_source: 'sync' }
  }
  const { power, allowed } = seen
  const same = (power ?? node.power_state) === node.power_state && alike(allowed, node.allowed)
  if (same && (node.last_error === null || !own)) return node
  const cleared = own ? { last_error: null, error_source: null } : {}
  return { ...powered(node, power ?? node.power_state), allowed, ...cleared }
}

const alike = (a: string[] | null, b: string[] | null): boolean => JSON.stringify(a) === JSON.stringify(b)
