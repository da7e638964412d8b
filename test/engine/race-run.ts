import { type AbortMode, executionArnOf, type Job } from '#core/job/job.ts'
import { commitJob } from '#engine/jobs/commit.ts'
import { sweepJob } from '#engine/sweep/job.ts'
import type { StepHandler } from '#sdk/define-step.ts'
import type { RunTools } from '#sdk/types.ts'
import { stepOf } from '#test/sdk/kit.ts'
import { type House, lambdaContext, STAND_DOWN } from './house.ts'

/** What a run of a job did, in order. */
export type Entry = { what: 'run' | 'ran' | 'abort' | 'revert' | 'hooked'; step: string; attempt: number }

export type Plan = {
  aborts: AbortMode[]
  rollback: boolean
  consoleStop: boolean
  /** The step whose first attempt fails. */
  fails: string | null
  /** The step that Lambda invokes twice. */
  twice: string | null
  /** How many turns of the others a step works through without looking at its signal. */
  work: number
  fates: ('through' | 'lost-before' | 'lost-after')[]
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** `tick` lets the others go on for a while: how long a step works is part of the order of things. */
type Telling = { log: Entry[]; tick(): Promise<unknown> }

/** Steps that write down when they and their hooks run. */
export function handlersOf(house: House, plan: Plan, { log, tick }: Telling): Record<string, StepHandler> {
  const handlers = house.template.steps.map(({ name }) => {
    const run = async (_input: unknown, tools: RunTools<unknown>): Promise<string> => {
      const { attempt } = tools
      log.push({ what: 'run', step: name, attempt })
      try {
        if (plan.fails === name && attempt === 1) throw new Error('the first attempt fails')
        await tools.checkpoint({ half: true })
        for (let i = 0; i < plan.work; i += 1) await tick()
        tools.signal.throwIfAborted()
        return name
      } finally {
        log.push({ what: 'ran', step: name, attempt })
      }
    }
    const hook = (what: 'abort' | 'revert') => async (): Promise<void> => {
      log.push({ what, step: name, attempt: 0 })
      await tick()
      log.push({ what: 'hooked', step: name, attempt: 0 })
    }
    return [name, stepOf(house, { name, run, abort: hook('abort'), revert: hook('revert') })] as const
  })
  return Object.fromEntries(handlers)
}

/** The state machine: list, then copy-a beside copy-b, then the commit. A stopped step parks. */
export async function runMachine(
  house: House,
  job: Job,
  handlers: Record<string, StepHandler>,
): Promise<void> {
  const parked = Symbol('parked')
  const running = (): boolean => house.executions.all.get(job.execution_arn)?.status === 'RUNNING'
  const task = async (name: string): Promise<void> => {
    while (running()) {
      const error = await handlers[name]!(house.payload(job, name), lambdaContext()).then(
        () => null,
        (e) => e,
      )
      if (error === null) return
      if (error.name === 'JobAborted' || error.name === 'StepFenced') break
      await pause(2)
    }
    throw parked
  }
  try {
    await task('list')
    const branches = await Promise.allSettled([task('copy-a'), task('copy-b')])
    if (!running() || branches.some((branch) => branch.status === 'rejected')) return
    await commitJob(house.ports, house.payload(job, 'list').standdown)
    house.executions.end(job.execution_arn, 'SUCCEEDED')
  } catch (error) {
    if (error !== parked && (error as Error).name !== 'JobAborted') throw error
  }
}

/** The sweeper and the stand-downs that it starts, until the job has ended. */
export async function settleAll(house: House, job: Job, handlers: Record<string, StepHandler>): Promise<Job> {
  for (;;) {
    const found = await house.ports.jobs.get(job.job_execution_id)
    if (found && found.ended_at !== null) return found
    if (found) await sweepJob(house.ports, found)
    await runStandDown(house, job, handlers)
    await pause(5)
  }
}

async function runStandDown(house: House, job: Job, handlers: Record<string, StepHandler>): Promise<void> {
  const { generation } = (await house.ports.jobs.get(job.job_execution_id))!
  const arn = executionArnOf(STAND_DOWN, `${job.job_execution_id}-${generation}`)
  if (house.executions.all.get(arn)?.status !== 'RUNNING') return
  const done = await house.standDown(job, handlers).catch(() => null)
  house.executions.end(arn, done ? 'SUCCEEDED' : 'FAILED')
}
