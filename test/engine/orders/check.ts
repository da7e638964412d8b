import { isTerminal } from '#core/states.ts'
import { stepSortKey } from '#core/step/step.ts'
import { checkHistories, historiesOf } from '../history.ts'
import type { Run } from './run.ts'
import { overdueIn } from './snapshot.ts'
import { JOB_ID } from './system.ts'

function must(holds: boolean, invariant: string, text: string): void {
  if (!holds) throw new Error(`${invariant}: ${text}`)
}

/** What must hold when the use cases are over and nobody else has come yet. */
export function checkOutcomes(run: Run): void {
  const { system, outcomes } = run
  for (const outcome of outcomes) must(!outcome.startsWith('threw'), 'error', outcome)
  must(!outcomes.includes('waits'), 'error', 'a use case waits for something that is no request')
  const { job } = system
  const over = job && (isTerminal(job.state) || job.closed !== null)
  const ended = job !== undefined && isTerminal(job.state)
  if (outcomes.includes('refused by force')) must(ended, 'I4', `force on a job in ${job?.state} is refused`)
  if (outcomes.includes('refused')) must(over === true, 'I4', `an abort of a job in ${job?.state} is refused`)
  if (outcomes.includes('accepted')) must(job?.abort_request != null, 'I4', `accepted, then ${job?.state}`)
  // Whoever heard of the abort sees to the stop; a killed process cannot.
  if (outcomes.includes('killed') && !outcomes.includes('parked')) return
  const overdue = overdueIn(system).filter((text) => !run.start.overdue.includes(text))
  must(overdue.length === 0, 'I2', overdue.join())
}

/** What must hold once nothing changes any more. */
export function checkEnd(run: Run): void {
  const { job, execution } = run.system
  if (!job) return
  must(isTerminal(job.state), 'I2', `the job rests in ${job.state}, its execution ${execution?.status}`)
  must(execution?.status !== 'RUNNING', 'I11', `the execution of a ${job.state} job runs on`)
  const agree = (job.state === 'SUCCEEDED') === (execution?.status === 'SUCCEEDED')
  // Nobody can take back a commit because Stop was pressed between its write and its answer.
  must(agree || run.watch.stoppedByHand, 'I10', `the job is ${job.state}, its execution ${execution?.status}`)
  if (run.outcomes.includes('accepted')) must(job.state !== 'SUCCEEDED', 'I4', 'accepted, then SUCCEEDED')
  if (job.state === 'CANCELLED') must(job.abort_request !== null, 'I15', 'CANCELLED without an abort')
  const failed = job.state === 'FAILED' && job.abort_request !== null
  must(!failed || job.left_behind.length > 0, 'I2', 'an aborted job FAILED, and nothing is left behind')
  for (const { name, state, cleaned_up } of run.system.ports.table.steps()) {
    must(isTerminal(state), 'I11', `${name} rests in ${state}`)
    const silent = job.abort_request !== null && !isAbortedLate(run) && state === 'FAILED' && cleaned_up
    must(!silent, 'I24', `${name} of an aborted job was cleaned up, and is FAILED`)
  }
  checkWrites(run)
}

/**
 * Forced once its execution had ended by itself: a step that had failed by then stays FAILED, cleaned up or not.
 */
function isAbortedLate({ system }: Run): boolean {
  const jobs = system.ports.table.writes.map(({ after }) => after).filter((item) => item.kind === 'job')
  const accepted = jobs.findIndex((job) => job.abort_request !== null)
  return accepted > 0 && jobs[accepted - 1]!.closed !== null
}

/** Histories that were checked before: most runs write the same. */
const checked = new Set<string>()

/** I3, I5, I8, I12, I13 and I22 over everything that was written. */
function checkWrites({ system }: Run): void {
  const recorded = system.ports.table.writes.map(({ after }) => ({
    item: after,
    sk: after.kind === 'job' ? 'JOB' : stepSortKey(after),
  }))
  for (const [sk, images] of historiesOf(recorded, JOB_ID)) {
    const history = JSON.stringify(images)
    if (checked.has(history)) continue
    checkHistories(new Map([[sk, images]]))
    checked.add(history)
  }
}
