import { isLeftBehind } from '#core/clean-up/left-behind.ts'
import { isCleaningUp, type Job } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import { isWhole } from '../notifications/history.ts'
import { logOf } from './apply.ts'
import { executionOf } from './execution.ts'
import { adoptedJob, budgetOf, get, jobOf, type Model, SLOT, stepOf, type World } from './model.ts'
import { must } from './violation.ts'

/** What must hold where nothing can move any more and a sweep changes nothing. */
export function checkRest(world: World, model: Model): void {
  const { status } = executionOf(world)
  const job = adoptedJob(world)
  if (!job) {
    checkUnknown(world, status)
    return
  }
  must(!isCleaningUp(job), 'I2', 'a repeated clean-up rests')
  must(isTerminal(job.state), 'I2', `the job rests in ${job.state}, its execution ${status}`)
  must(status !== 'RUNNING', 'I11', `the execution of a ${job.state} job runs on`)
  const agree = (job.state === 'SUCCEEDED') === (status === 'SUCCEEDED')
  must(agree || stoppedWhileCommitting(world, model), 'I10', `job ${job.state}, execution ${status}`)
  const aborted = job.abort_request !== null
  must(job.state !== 'CANCELLED' || aborted, 'I15', 'CANCELLED without an abort')
  const log = logOf(world, SLOT.job)
  must(isWhole('job', log), 'case 41', `the job sent ${log}`)
  must(log.includes('cancel.') === aborted, 'case 41', `a ${job.state} job sent ${log}`)
  for (const i of model.chain.keys()) checkStep(world, i)
}

/** An execution that was stopped before its first claim was admitted leaves no job, and has run nothing. */
function checkUnknown(world: World, status: string): void {
  must(status !== 'RUNNING', 'I11', 'an execution without a job runs on')
  must(get(world, SLOT.ran) === 0, 'I6', 'a step of no job has run')
}

/** No one can take back a commit because the console's Stop fell between its write and its answer. */
function stoppedWhileCommitting(world: World, model: Model): boolean {
  const { status, at } = executionOf(world)
  const stopped = (model.budget.consoleStop ?? 0) > budgetOf(world).consoleStop
  return (
    stopped && status === 'ABORTED' && at[model.chain.length] === 'i' && jobOf(world).state === 'SUCCEEDED'
  )
}

/**
 * Forced once its execution had ended by itself: a step that had failed by then is FAILED, and was not cancelled.
 */
const isAbortedLate = ({ abort_request, closed }: Job): boolean =>
  abort_request !== null && closed !== null && abort_request.requested_at > closed.at

function checkStep(world: World, i: number): void {
  const step = stepOf(world, i)
  const job = jobOf(world)
  must(step !== undefined || job.abort_request === null, 'case 41', 'a step of a cancelled job has no item')
  if (!step) return
  must(isTerminal(step.state), 'case 38', `the job is ${job.state}, ${step.name} is ${step.state}`)
  const log = logOf(world, SLOT.step + i)
  must(isWhole('step', log), 'case 41', `${step.name} sent ${log}`)
  must(
    (step.state === 'CANCELLED') === log.endsWith('end '),
    'case 41',
    `${step.name} is ${step.state}: ${log}`,
  )
  const aborted = job.abort_request !== null && !isAbortedLate(job)
  // A task that is not ours has failed at once, before it could be cancelled.
  const hadFailed = step.external !== undefined && step.fault !== null
  const silent = aborted && step.state === 'FAILED' && !log.endsWith('error ') && !hadFailed
  must(!silent, 'case 41', `${step.name} FAILED in an aborted job and sent ${log || 'nothing'}`)
  // What a tidying could not free its step says: a commit is never taken back.
  // A step without the hook, or one that failed of itself, is FAILED and was not cleaned up: nothing is left of it.
  must(
    !isLeftBehind(step) || job.state === 'FAILED' || job.state === 'SUCCEEDED',
    'case 32',
    `${step.name} failed to clean up, the job is ${job.state}`,
  )
}
