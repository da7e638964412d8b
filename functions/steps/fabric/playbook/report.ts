import { type Invocation, isEnded, type Output } from '../command/commands.ts'
import type { Ended } from './await-end.ts'
import type { Playbook } from './playbook.ts'

export type TargetState = { target: string; status: string; status_details: string }

/** What is kept of one pass of a playbook. */
export type PlaybookReport = {
  name: string
  pass: number
  command_id: string
  /** By its targets, whatever the command says of itself. */
  state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED'
  /** Why it failed; null where it did not. */
  reason: string | null
  /** StatusDetails of the command; null where it was never seen. */
  status_details: string | null
  /** Of the target whose output is shown; null where it never started there. */
  exit_code: number | null
  targets: {
    total: number
    percent_done: number
    percent_succeeded: number
    /** How many targets have each StatusDetails. */
    counts: Record<string, number>
    /** The first hundred that did not succeed. */
    failed: TargetState[]
  }
  output: OutputTail | null
}

/**
 * The last of what Run Command gives of one target's output: it gives the beginning, so that this is the end of a
 * longer output only where `truncated` is false.
 */
export type OutputTail = { target: string; stdout: string; stderr: string; truncated: boolean }

const MAX_FAILED = 100
const MAX_OUTPUT_BYTES = 4_096

/** The target whose output is worth a look: the first that ran and failed, else the first. */
export const shownTarget = (invocations: Invocation[]): string | undefined =>
  (
    invocations.find(({ status, details }) => status === 'Failed' && details === 'Failed') ??
    invocations.find(({ status }) => status !== 'Success') ??
    invocations[0]
  )?.target

type Facts = { playbook: Pick<Playbook, 'name' | 'pass'>; command_id: string; output: Output | null }

/** What became of a pass: it succeeded where every target did, and there was one. */
export function reportOf(
  { state, invocations }: Ended,
  { playbook, command_id, output }: Facts,
): PlaybookReport {
  const total = Math.max(state?.targets ?? 0, invocations.length)
  const failed = invocations.filter(({ status }) => status !== 'Success')
  const succeeded = invocations.length - failed.length
  const counts = countsOf(invocations, total)
  const isDone = total > 0 && succeeded === total
  const shown = shownTarget(invocations)
  return {
    name: playbook.name,
    pass: playbook.pass,
    command_id,
    state: isDone ? 'SUCCEEDED' : state?.status === 'Cancelled' ? 'CANCELLED' : 'FAILED',
    reason: isDone ? null : whyNot(state !== undefined, { total, succeeded, failed }),
    status_details: state?.details ?? null,
    exit_code: output?.exitCode ?? null,
    targets: {
      total,
      percent_done: percent(invocations.filter(isEnded).length, total),
      percent_succeeded: percent(succeeded, total),
      counts,
      failed: failed.slice(0, MAX_FAILED).map(targetState),
    },
    output: output && shown ? { target: shown, ...tailOf(output) } : null,
  }
}

function countsOf(invocations: Invocation[], total: number): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { details } of invocations) counts[details] = (counts[details] ?? 0) + 1
  const missing = total - invocations.length
  return missing > 0 ? { ...counts, NotListed: missing } : counts
}

type Tally = { total: number; succeeded: number; failed: Invocation[] }

function whyNot(wasSeen: boolean, { total, succeeded, failed }: Tally): string {
  if (!wasSeen) return 'its command was not delivered: nothing was told of it within the time for delivery'
  if (total === 0) return 'no targets matched'
  const named = failed.slice(0, 3).map(({ target, details }) => `${target} ${details}`)
  const more = failed.length > named.length ? ` and ${failed.length - named.length} more` : ''
  return `${succeeded} of ${total} targets succeeded (${percent(succeeded, total)}%): ${named.join(', ')}${more}`
}

const targetState = ({ target, status, details }: Invocation): TargetState => ({
  target,
  status,
  status_details: details,
})

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.floor((100 * part) / whole))

/** The error output goes first, as it says why, and takes half at most. */
function tailOf({ stdout, stderr, isCut }: Output): Omit<OutputTail, 'target'> {
  const errors = lastBytes(stderr, MAX_OUTPUT_BYTES / 2)
  const printed = lastBytes(stdout, MAX_OUTPUT_BYTES - Buffer.byteLength(errors))
  const truncated = isCut || errors.length < stderr.length || printed.length < stdout.length
  return { stdout: printed, stderr: errors, truncated }
}

function lastBytes(text: string, most: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= most) return text
  // A character cut in its middle is left out.
  return bytes
    .subarray(bytes.length - most)
    .toString()
    .replace(/^\uFFFD+/, '')
}
