import { leftBehind, outcomeOf } from '#core/clean-up/left-behind.ts'
import { nextHooks } from '#core/clean-up/order.ts'
import { neverClaimed, skipsUnclaimed } from '#core/clean-up/unfinished.ts'
import { isCleaningUp } from '#core/job/job.ts'
import type { Template } from '#core/template.ts'
import { applyJob, applyStep } from './apply.ts'
import type { World } from './model.ts'
import { EARLIER, jobOf, NOW, newStep, SLOT, stepsOf } from './model.ts'
import { go, indexes, OVER, ownView, type Turn } from './stand-down-start.ts'
import { jobNumbered } from './stop.ts'
import { must } from './violation.ts'

const templateOf = ({ model }: Turn): Template =>
  ({
    name: 't',
    steps: model.chain.map((step) => ({ ...step, abortable: 'checkpoint' })),
  }) as unknown as Template

export function settle(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const steps = stepsOf(world, model)
  const job = ownView(jobOf(world), standDown)
  if (nextHooks(job, steps, 1).length > 0) {
    return [go(turn, OVER, world)]
  }
  if (isCleaningUp(job)) {
    const outcome = { fault: null, left_behind: leftBehind(steps), not_undone: [] }
    return [go(turn, { pc: 'end again', job: world[SLOT.job]!, outcome }, world)]
  }
  const unclaimed = skipsUnclaimed(job) ? neverClaimed(templateOf(turn), steps) : []
  const names = unclaimed.map((step) => step.name)
  const todo = indexes(turn, (i) => names.includes(model.chain[i]!.name))
  const late = job.closed?.end.status === 'NOT_STARTED'
  return [go(turn, { pc: late ? 'stop' : 'skip', todo, job: world[SLOT.job]!, outcome: null }, world)]
}

export function endAgain(turn: Turn): World[] {
  const { world, standDown } = turn
  const run = jobNumbered(standDown.job).clean_up?.run ?? 0
  const { left_behind } = standDown.outcome!
  return [go(turn, OVER, applyJob(world, { type: 'clean-up-ended', at: NOW, run, left_behind }).world)]
}

export function skip(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const [i, ...todo] = standDown.todo
  if (i === undefined) return [go(turn, { pc: 'look last' }, world)]
  const { abort_request } = jobNumbered(standDown.job)
  const done = applyStep(world, i, {
    type: 'skip',
    at: NOW,
    step: newStep(model, i),
    accepted: EARLIER,
    abort_request,
  })
  return [go(turn, { todo }, done.world)]
}

export function lookLast(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const steps = stepsOf(world, model)
  const job = ownView(jobNumbered(standDown.job), standDown)
  const looks = model.mutation !== 'settle-without-a-last-look'
  const left = nextHooks(job, steps, 1)
  if (looks && left.length > 0) return [go(turn, OVER, world)]
  return [go(turn, { pc: 'end', outcome: outcomeOf(job, steps) }, world)]
}

export function end(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const outcome = standDown.outcome!
  const done = applyJob(world, { type: 'settle', at: NOW, outcome })
  // A force came since the task began: it settles once more.
  if (done.kind === 'refused' && done.reason === 'aborted') {
    return [go(turn, { pc: 'settle', job: 0, outcome: null }, world)]
  }
  if (done.kind === 'refused') must(false, 'I2', `the job could not be settled: ${done.reason}`)
  // Once it had been settled by another, a repeated clean-up may have changed it.
  if (done.kind === 'same') return [go(turn, OVER, done.world)]
  const { left_behind } = outcomeOf(jobOf(world), stepsOf(world, model))
  const unchanged = left_behind.join() === outcome.left_behind.join()
  must(unchanged, 'case 32', 'what was left behind changed while the job settled')
  return [go(turn, OVER, done.world)]
}
