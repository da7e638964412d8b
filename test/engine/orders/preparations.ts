import type { AbortMode, ExecutionEnd } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import { abortJob } from '#engine/jobs/abort.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { standDownName } from '#engine/stand-down/start.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { runHook } from '#engine/steps/hook.ts'
import { sweepJob } from '#engine/sweep/job.ts'
import { EMPTY, inline } from '#test/core/samples.ts'
import { withCalls } from '../with-calls.ts'
import { type Snapshot, snapshotOf } from './snapshot.ts'
import {
  callOf,
  EXECUTION,
  INVOCATION,
  JOB_ID,
  MACHINE,
  REQUEST,
  type StepName,
  System,
  TEMPLATE,
} from './system.ts'

/** Something that happened before the use cases begin, with nobody else about. */
export type Preparation = (system: System) => Promise<unknown>

/** A request in flight is given this long before the sweeper takes it for lost. */
const IN_FLIGHT_MS = 15_000

/** The system after all of that, when nothing is in flight any more and every lease still lasts. */
export async function prepared(...events: Preparation[]): Promise<Snapshot> {
  const system = new System()
  for (const event of events) await event(system)
  system.pass(IN_FLIGHT_MS)
  return snapshotOf(system)
}

const now = ({ ports }: System): string => timeAt(ports.clock.now())
const keyOf = (name: StepName) => ({
  job_execution_id: JOB_ID,
  name,
  order: callOf(name).order,
  index: null,
  visit: null,
})

/** Every lease ends that nobody renews. */
export const aWhile: Preparation = async (system) => system.letAWhilePass()

/** A claim is written, and its Lambda dies before it has read the job. */
export const claimAndDie =
  (name: StepName): Preparation =>
  (system) => {
    const jobs = withCalls(system.ports.jobs, { get: () => Promise.reject(new Error('the Lambda died')) })
    const ports = { ...system.portsOf(`dead-${name}`), jobs }
    return claimStep(ports, callOf(name), INVOCATION).catch(() => undefined)
  }

export const create: Preparation = (system) => {
  const at = now(system)
  const known = { job_execution_id: JOB_ID, execution_arn: EXECUTION, template: TEMPLATE.name }
  const life = { execution_started_at: null, created_by: REQUEST.created_by, created_at: at }
  const job = { ...known, ...life, input: inline({}), tenant_id: 'default' }
  return system.ports.jobs.apply(JOB_ID, { type: 'create', at, job })
}

export const startExecution: Preparation = ({ ports }) => ports.executions.start(MACHINE, JOB_ID, EMPTY)

export const claim =
  (name: StepName): Preparation =>
  (system) =>
    claimStep(system.portsOf(`first-${name}`), callOf(name), INVOCATION)

const ownerOf = async ({ ports }: System, name: StepName): Promise<string> =>
  (await ports.steps.get(keyOf(name)))!.owner!

export const finish =
  (name: StepName): Preparation =>
  async (system) => {
    const owner = await ownerOf(system, name)
    return system.ports.steps.apply(keyOf(name), {
      type: 'finish',
      at: now(system),
      owner,
      result: inline(name),
    })
  }

export const acknowledge =
  (name: StepName): Preparation =>
  async (system) => {
    const owner = await ownerOf(system, name)
    const { abort_request } = system.job!
    const event = { type: 'acknowledge' as const, at: now(system), owner, abort_request }
    return system.ports.steps.apply(keyOf(name), event)
  }

export const abort =
  (mode: AbortMode, more: { rollback?: boolean; force_after_seconds?: number } = {}): Preparation =>
  async ({ ports }) => {
    const { rollback = false, force_after_seconds = null } = more
    const by = { mode, reason: null, requested_by: 'someone' }
    const command = { job_execution_id: JOB_ID, ...by, rollback, force_after_seconds }
    await (await abortJob(ports, command)).stopping
  }

/** The abort is written, and the process that wrote it dies. */
export const abortWithoutStop =
  (mode: AbortMode): Preparation =>
  (system) => {
    const request = { mode, reason: null, requested_by: 'someone', force_at: null, rollback: false }
    return system.ports.jobs.apply(JOB_ID, { type: 'abort', at: now(system), request })
  }

export const endExecution =
  (status: ExecutionEnd['status']): Preparation =>
  async ({ ports }) =>
    ports.executions.end(EXECUTION, status)

/** An operator takes up the execution of a job that has ended. */
export const redrive: Preparation = async ({ ports: { executions } }) => {
  const execution = executions.all.get(EXECUTION)!
  executions.all.set(EXECUTION, { ...execution, status: 'RUNNING', end: null })
}

export const sweep: Preparation = ({ ports, job }) => sweepJob(ports, job!)

const standingDown = ({ execution, job }: System) => ({
  job_execution_id: JOB_ID,
  end: execution!.end!,
  call: standDownName(job!),
})
export const drained: Preparation = (system) => drain(system.ports, standingDown(system))
export const settled: Preparation = async (system) => {
  await settleJob(system.ports, standingDown(system))
  endStandDowns(system, 'SUCCEEDED')
}

/** The workflow is stopped, or fails for good. */
export const standDownDies: Preparation = async (system) => endStandDowns(system, 'FAILED')

function endStandDowns({ ports: { executions } }: System, status: ExecutionEnd['status']): void {
  for (const arn of executions.all.keys()) if (arn.includes(':stand-down:')) executions.end(arn, status)
}

export const cleanedUp =
  (name: StepName, hook: 'abort' | 'revert'): Preparation =>
  (system) => {
    const { epoch } = system.job!
    const payload = { standdown: { hook, key: keyOf(name), epoch, call: standDownName(system.job!) } }
    const done = async (): Promise<void> => undefined
    const { remainingMs } = INVOCATION
    const ports = system.portsOf(`first-hook-${name}`)
    return runHook(ports, { abort: done, revert: done }, { payload, remainingMs })
  }
