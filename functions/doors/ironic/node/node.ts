import type { Job } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import {
  type Abilities,
  type PowerState,
  type PowerTarget,
  TARGETS,
} from '../../../steps/node-power/targets.ts'

/** A power operation: `job_id` is the job that does it. */
export type Operation = { job_id: string; target: PowerTarget; since: string }

/** Who wrote `last_error`: a power sync takes back only its own. */
export type ErrorSource = 'operation' | 'abort' | 'sync'

/** A bare-metal node as it is kept, a record of its project. Times are RFC 3339 UTC. */
export type Node = Abilities & {
  uuid: string
  name: string | null
  project: string
  properties: Record<string, unknown>
  extra: Record<string, unknown>
  resource_class: string | null
  description: string | null
  owner: string | null
  power_state: PowerState | 'error' | null
  /** What the power was before it became `error`: fake hardware has nothing else to tell. */
  last_power: PowerState | null
  /** Goes together with what it ended in, so that no reader sees half of it. */
  operation: Operation | null
  last_error: string | null
  error_source: ErrorSource | null
  created_at: string
  updated_at: string | null
}

/** Accepted: what an earlier operation ended in is over. */
export const begun = (node: Node, operation: Operation): Node => ({
  ...node,
  operation,
  last_error: null,
  error_source: null,
})

/** A job is written right after its node; one that is not there by then never will be. */
const UNWRITTEN_MS = 60_000

/**
 * The node without its operation, once the job that did it has ended; the same node while it runs, or may. What became of
 * the operation is what became of the job: there is no second record of it.
 */
export function settled(node: Node, job: Job | undefined, now: number): Node {
  const { operation } = node
  if (!operation) return node
  if (!job)
    return now - Date.parse(operation.since) < UNWRITTEN_MS ? node : failed(node, 'it was never started')
  if (job.job_execution_id !== operation.job_id || !isTerminal(job.state)) return node
  if (job.state === 'SUCCEEDED') {
    const power = TARGETS[operation.target].wanted ?? node.power_state
    return { ...powered(node, power), operation: null }
  }
  if (job.state === 'FAILED') return failed(node, job.fault?.exception_message ?? 'its job failed')
  const by = job.abort_request?.requested_by ?? 'an unknown person'
  return withError(node, { error: `${operation.target} aborted by ${by}`, source: 'abort' })
}

export const powered = (node: Node, power: Node['power_state']): Node => ({
  ...node,
  power_state: power,
  last_power: power === 'error' || power === null ? node.last_power : power,
})

const failed = (node: Node, why: string): Node =>
  withError(node, { error: `${node.operation?.target} failed: ${why}`, source: 'operation' })

const withError = (node: Node, { error, source }: { error: string; source: ErrorSource }): Node => ({
  ...node,
  operation: null,
  power_state: 'error',
  last_error: error.slice(0, 1000),
  error_source: source,
})
