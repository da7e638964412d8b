import type { Notification } from '#core/notifications/schemas.ts'
import { readValue } from '#engine/values/read.ts'
import { task } from '../../middleware/task.ts'
import { logger } from '../../middleware/telemetry.ts'
import { ports } from '../../ports.ts'
import { openDriver } from '../../steps/node-power/power/open-driver.ts'
import type { NodePowerInput } from '../../steps/node-power/template.ts'
import { currentNode } from './node/current-node.ts'
import type { Node } from './node/node.ts'
import { unlessGone } from './node/nodes.ts'
import { parts } from './parts.ts'
import { syncNodes } from './sync/sync-nodes.ts'
import { nextNodes } from './sync/turn.ts'

/** Of a schedule; of a job of a node that has ended; or with the node that the door has just written. */
type SyncEvent = { detail?: Partial<Notification>; node?: { project: string; uuid: string } }

/** So many are asked within a run: 20 at once, each at most 10 s. */
const NODES_A_RUN = 200
const RUN_MS = 4 * 60_000
const REST_MS = 10_000

async function turnOf({ node, detail }: SyncEvent): Promise<Node[]> {
  const { nodes } = parts()
  const job = detail?.payload?.data.job.job_execution_id
  const named = job === undefined ? node : await nodeOf(job)
  if (!named) return job === undefined ? rested(await nextNodes(nodes, ports().doorRecords, NODES_A_RUN)) : []
  const found = await nodes.find(named.project, named.uuid).catch(unlessGone)
  if (!found) return []
  // An aborted operation leaves the node in error for people to see: its BMC is asked in a later turn.
  if (job === undefined) return [found]
  await currentNode(parts(), found).catch(unlessGone)
  return []
}

/** What was just written is left to whoever wrote it. */
const rested = (nodes: Node[]): Node[] =>
  nodes.filter(({ updated_at }) => updated_at === null || Date.now() - Date.parse(updated_at) > REST_MS)

async function nodeOf(jobId: string): Promise<SyncEvent['node']> {
  const job = await ports().jobs.get(jobId)
  if (!job) return undefined
  const { node } = (await readValue(ports(), jobId, job.input)) as NodePowerInput
  return { project: job.tenant_id, uuid: node }
}

/** Corrects the power state of nodes by what their BMCs say, and ends operations whose job is over. */
export const handler = task('SyncPower', async (event: SyncEvent) => {
  const turn = await turnOf(event)
  const failed = await syncNodes({ ...parts(), open: openDriver }, turn, AbortSignal.timeout(RUN_MS))
  for (const { node, error } of failed) {
    logger.error('a node could not be written', { node, error: error as Error })
  }
  return { nodes: turn.length, failed: failed.length }
})
