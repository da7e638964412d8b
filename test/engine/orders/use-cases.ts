import { JobEndedError } from '#core/errors.ts'
import type { AbortMode, ExecutionEnd, Job } from '#core/job/job.ts'
import { type Step, stepSortKey } from '#core/step/step.ts'
import { type AbortCommand, abortJob } from '#engine/jobs/abort.ts'
import { commitJob } from '#engine/jobs/commit.ts'
import { executeJob, startJob } from '#engine/jobs/execute.ts'
import type { StandDownInput } from '#engine/ports.ts'
import { drain as drainJob } from '#engine/stand-down/drain.ts'
import { nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { standDownName } from '#engine/stand-down/start.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { sweepJob } from '#engine/sweep/job.ts'
import { sweep as sweepAll } from '#engine/sweep.ts'
import { callOf, EXECUTION, INVOCATION, JOB_ID, REQUEST, type StepName, TEMPLATE } from './system.ts'
import { claimOf, invokeHook, invokeStep, isUnfinished, type Process, work } from './work.ts'

/** Answers what it came to; an error that it does not know is a fault of the use case. */
export type UseCase = {
  name: string
  run(process: Process): Promise<string>
  /** There is only one such process. */
  single?: true
}

/** Errors in which a use case may end, and what they mean. */
const OUTCOMES: Record<string, string> = {
  JobAborted: 'parked',
  StepFenced: 'parked',
  StepBusy: 'retried',
  StepOutOfTime: 'retried',
  JobEndedError: 'refused',
  NotFoundError: 'not found',
}

export const useCase = (name: string, run: (process: Process) => Promise<unknown>): UseCase => ({
  name,
  run: async (process) => {
    try {
      const outcome = await run(process)
      return typeof outcome === 'string' ? outcome : 'done'
    } catch (error) {
      const outcome = OUTCOMES[(error as Error).name]
      if (outcome === undefined) throw error
      return outcome
    }
  },
})

const jobOf = ({ system }: Process): Job => system.job!
const stepOf = ({ system }: Process, name: StepName): Step =>
  system.ports.table.steps().find((step) => step.name === name)!
const standingDown = ({ system }: Process): StandDownInput => ({
  job_execution_id: JOB_ID,
  end: system.execution?.end ?? ({ status: 'NOT_STARTED', error: null, cause: null } satisfies ExecutionEnd),
  call: standDownName(system.job!),
})

export const abortCommand = (mode: AbortMode): AbortCommand => ({
  job_execution_id: JOB_ID,
  mode,
  reason: null,
  requested_by: 'somebody',
  force_after_seconds: null,
  rollback: false,
})

const abort = (mode: AbortMode): UseCase =>
  useCase(`abort, ${mode}`, async ({ ports }) => {
    try {
      await (await abortJob(ports, abortCommand(mode))).stopping
      return 'accepted'
    } catch (error) {
      if (!(error instanceof JobEndedError) || mode === 'graceful') throw error
      return 'refused by force'
    }
  })

export const gracefulAbort = abort('graceful')
export const forcedAbort = abort('force')

export const execute = useCase('execute', async ({ ports }) => {
  await executeJob(ports, { ...REQUEST, template: TEMPLATE, input: {}, tenant_id: 'default' })
})

/** What is left of `execute` once the job is written. */
export const start = useCase('start', (process) => startJob(process.ports, jobOf(process)))

export const step = (name: StepName): UseCase =>
  useCase(`step ${name}`, (process) => invokeStep(process, name))

/** The first half of it: the Lambda dies before the author's code runs. */
export const claim = (name: StepName): UseCase =>
  useCase(`claim of ${name}`, async (process) => {
    await claimStep(process.ports, callOf(name), INVOCATION)
    process.watch.killed(process.name)
    return 'killed'
  })

/** The attempt that has the step goes on from where its author's code runs. */
export const goOn = (name: StepName): UseCase => ({
  ...useCase(`running ${name}`, (process) =>
    work(process, claimOf(process, stepOf(process, name), jobOf(process))),
  ),
  single: true,
})

export const commit = useCase('commit', async ({ ports, system }) => {
  await commitJob(ports, callOf('verify'))
  // The commit's Lambda has answered: Step Functions ends the execution some time later.
  await system.wire(() => system.ports.executions.end(EXECUTION, 'SUCCEEDED'))
})

export const consoleStop = useCase('stop in the console', ({ system, watch }) =>
  system.wire(() => {
    system.ports.executions.end(EXECUTION, 'ABORTED')
    watch.stoppedByHand = true
  }),
)

/** The sweeper, or a status event, for one job. */
export const sweep = useCase('sweep', (process) => sweepJob(process.ports, jobOf(process)))
/** The sweeper's whole round: also jobs that have ended. */
export const wholeSweep = useCase('whole sweep', ({ ports }) => sweepAll(ports))

export const drain = useCase('drain', (process) => drainJob(process.ports, standingDown(process)))

export const hookRound = useCase('hook round', (process) =>
  nextHookRound(process.ports, standingDown(process)),
)

/** As the job's stand-down asks for the abort hook of a step. */
function payloadOf(process: Process, name: StepName) {
  const { job_execution_id, order, index, visit } = stepOf(process, name)
  const key = { job_execution_id, name, order, index, visit }
  const { call } = standingDown(process)
  return { standdown: { hook: 'abort' as const, key, epoch: jobOf(process).epoch, ...(call && { call }) } }
}

/** The hook round after one in which the clean-up of a step failed for good. */
export const failedRound = (name: StepName): UseCase =>
  useCase(`hook round after a failed ${name}`, (process) => {
    const payload = payloadOf(process, name)
    const error = { Error: 'DiskFull', Cause: 'no space' }
    const result = { function_arn: name, sk: stepSortKey(payload.standdown.key), payload, error }
    return nextHookRound(process.ports, { ...standingDown(process), results: [result] })
  })

/** Busy, it is tried again; any other error would be recorded as a clean-up that failed. */
export const hookOf = (process: Process, name: StepName): Promise<unknown> =>
  invokeHook(process, payloadOf(process, name), stepOf(process, name)).catch((error: Error) => {
    if (error.name !== 'StepBusy') throw new Error(`the clean-up failed: ${error.message}`)
    return 'retried'
  })

export const hook = (name: StepName): UseCase =>
  useCase(`abort hook of ${name}`, (process) => hookOf(process, name))

/** A stand-down that finds a step open gives up; the next one goes on. */
export const settle = useCase('settle', async (process) => {
  await settleJob(process.ports, standingDown(process)).catch((error: Error) => {
    if (!isUnfinished(error)) throw error
  })
})
