import type { Job } from '#core/job/job.ts'
import { EXTERNAL, type JobEvent } from '#core/job/reducer.ts'
import type { NewStep } from '#core/step/reducer.ts'
import type { Abortable, ExecutionLife, Step } from '#core/step/step.ts'
import { inline } from '../samples.ts'
import { intern, valued } from './intern.ts'

/** A step of the modelled chain: it starts once all of `after` are done. */
export type ChainStep = { name: string; order: number; after: string[] }

/** How often each thing that may happen at any time does happen, at most. */
export type Budget = {
  graceful: number
  force: number
  consoleStop: number
  crash: number
  failure: number
  lostEvent: number
  sweep: number
  kill: number
  hookFailure: number
  hookCrash: number
  redrive: number
  /** A process stands still while time goes on. */
  freeze: number
  /** An attempt gives its step back shortly before its Lambda's end. */
  outOfTime: number
  /** The deadline of the graceful abort passes. */
  due: number
  /** Somebody repeats a clean-up that failed. */
  again: number
  /** The history of a stand-down is full before its hooks are done. */
  handOver: number
}

/** Faults built into the processes, to prove that the explorer sees them. */
export type Mutation =
  | 'none'
  | 'read-before-claim'
  | 'no-wait-for-leases'
  | 'no-commit'
  | 'clean-up-without-fencing'
  | 'settle-without-a-last-look'
  | 'declined-claim-left-open'
  | 'no-heartbeat-while-fenced'
  | 'thawed-goes-on'
  | 'stop-between-attempts'
  | 'deadline-not-kept'
  | 'restart-of-any-generation'
  | 'hook-takes-a-live-hook'
  | 'failure-recorded-under-a-lease'
  | 'adoption-writes-anew'
  | 'nobody-tidies'
  | 'hand-over-of-any-generation'
  | 'run-forgets-what-it-tried'
  | 'nobody-ends-a-dead-clean-up'
  | 'lease-of-the-claim'
  | 'retry-looks-like-the-first'

export type Model = {
  chain: ChainStep[]
  budget: Partial<Budget>
  rollback: boolean
  mutation: Mutation
  /** The execution runs already: leaves out the races with its start. */
  started: boolean
  /** Of every step. */
  abortable: Abortable
  /** The steps are tasks that run no code of ours: states around each claim it, and tell how it ended. */
  external: boolean
  /** The handlers never end by themselves. */
  hangs: boolean
  /** The execution was started past the API: its first claim adopts it. */
  adopted: boolean
  /** A step that fails ends no more than its Parallel: the execution goes on to the commit, its siblings are abandoned. */
  caught: boolean
  /** A graceful abort has a deadline, which passes when `due` is spent. */
  deadline: boolean
}

/** Every part of the world is one number in one slot. */
export type World = readonly number[]

export const MAX_STEPS = 5
export const SLOT = {
  job: 0,
  step: 1,
  execution: 6,
  attempt: 7,
  hook: 12,
  graceful: 17,
  force: 18,
  starter: 19,
  commit: 20,
  event: 21,
  sweeper: 22,
  standDown: 23,
  budget: 24,
  /** Which steps' handlers have ever started: one bit each. */
  ran: 25,
  sweeper2: 26,
  /** A task of a stand-down whose execution was stopped: its Lambda lives on. */
  lateTask: 27,
  /** Hooks that a stopped stand-down has started. */
  lateHook: 28,
} as const
export const SLOTS = 33

/** An item and the notifications that its changes have sent. */
export type Row<Item> = { item: Item | undefined; log: string }

export const get = <Value>(world: World, slot: number): Value => valued<Value>(world[slot]!)

export function set(world: World, slot: number, value: unknown): World {
  const next = world.slice()
  next[slot] = intern(value)
  return next
}

/** Undefined until an execution that was started past the API is adopted. */
export const adoptedJob = (world: World): Job | undefined => get<Row<Job>>(world, SLOT.job).item
export const jobOf = (world: World): Job => get<Row<Job>>(world, SLOT.job).item!
export const stepOf = (world: World, i: number): Step | undefined => get<Row<Step>>(world, SLOT.step + i).item

export function stepsOf(world: World, model: Model): Step[] {
  const steps = model.chain.map((_step, i) => stepOf(world, i))
  return steps.filter((step) => step !== undefined)
}

export const budgetOf = (world: World): Budget => get<Budget>(world, SLOT.budget)

/** The world after one more of `kind`; undefined when there are none left. */
export function spend(world: World, kind: keyof Budget): World | undefined {
  const budget = budgetOf(world)
  if (budget[kind] === 0) return undefined
  return set(world, SLOT.budget, { ...budget, [kind]: budget[kind] - 1 })
}

/** What a clock says to whoever keeps a deadline. */
export const clockOf = (world: World, { deadline }: Model): string =>
  deadline && budgetOf(world).due === 0 ? AFTER_DUE : NOW

/** Time is abstract: all happens now, a lease holds until it is ended by an event of its own. */
export const NOW = '2026-01-31T09:00:00.000Z'
/** When an abort is accepted that comes after the job was closed. */
export const AFTER_CLOSE = '2026-01-31T09:00:00.001Z'
export const LATER = '2026-01-31T10:00:00.000Z'
export const EARLIER = '2026-01-31T08:00:00.000Z'
export const DUE = '2026-01-31T09:30:00.000Z'
const AFTER_DUE = '2026-01-31T09:45:00.000Z'
export const JOB_ID = 'j'
export const LIFE: ExecutionLife = { execution_arn: 'e', execution_started_at: NOW }

/** The job as the API writes it, or an execution's first claim. */
export const createdBy = (created_by: string): Extract<JobEvent, { type: 'create' }> => ({
  type: 'create',
  at: NOW,
  job: {
    ...{ job_execution_id: JOB_ID, template: 't', tenant_id: 'default', input: inline(null) },
    ...{ execution_arn: LIFE.execution_arn, created_at: NOW, created_by },
    execution_started_at: created_by === EXTERNAL ? LIFE.execution_started_at : null,
  },
})

/** Of a task that is not ours; by the try of its state, which counts from 0. */
const external = (retry: number): Pick<NewStep, 'external'> => ({
  external: { revert_when: 'rollback', functions: {}, entry: { entered_at: NOW, retry }, stop: null },
})

/** Step `i` as its claim, or the settling of its job, names it. */
export function newStep(model: Model, i: number, attempt = 1): NewStep {
  const { name, order } = model.chain[i]!
  return {
    ...(model.external ? external(attempt - 1) : {}),
    job_execution_id: JOB_ID,
    name,
    order,
    index: null,
    visit: null,
    template: 't',
    abortable: model.abortable,
    clean_up_after: 'lease',
    hooks: ['abort', 'revert'],
    irreversible: null,
    rank: null,
    item_count: null,
    loop_order: null,
  }
}
