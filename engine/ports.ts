import type { AttachedMachine } from '#core/attached.ts'
import type { AbortMode, ExecutionEnd, Job, Time } from '#core/job/job.ts'
import type { JobEvent, JobRefusal } from '#core/job/reducer.ts'
import type { NotificationRecord } from '#core/notifications/envelope.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import type { Outcome } from '#core/outcome.ts'
import type { State } from '#core/states.ts'
import type { StepEvent } from '#core/step/reducer.ts'
import type { Step, StepKey } from '#core/step/step.ts'
import type { StepRefusal } from '#core/step/written.ts'
import type { Template } from '#core/template.ts'
import type { JsonText, ValueRef } from '#core/value.ts'
import type { DoorRecords } from './door-records.ts'

// What the engine needs of the outside, and what an implementer has to promise. `aws/` keeps these promises
// on DynamoDB, Step Functions and EventBridge, `memory/` in one process; test/engine/ports holds both to them.

export type JobOutcome = Outcome<Job, JobRefusal>
export type StepOutcome = Outcome<Step, StepRefusal>

/** The arbiter records of jobs, one each. */
export interface Jobs {
  /** Strongly consistent: it sees every write that was answered before the call. */
  get(jobId: string): Promise<Job | undefined>
  /** Eventually consistent, at half the price: it may miss a write of the last second. Decides nothing. */
  glance(jobId: string): Promise<Job | undefined>
  /**
   * Applies `event` by the reducer of jobs, as one atomic change: written on condition that nobody wrote the
   * record since it was read, else reduced again on what it then is. A write of its own whose reply was lost
   * is answered as the write that it was. `guess` is the record as last seen: a right one saves a read, a
   * stale one is never trusted.
   */
  apply(jobId: string, event: JobEvent, guess?: Job): Promise<JobOutcome>
  /** Takes an ended job off the index of jobs to look at, unless it was written meanwhile; the record stays. */
  retire(job: Job): Promise<void>
}

/**
 * Some of many, in their order. `next` is the place to go on after, null at the end. A page may have fewer items
 * than were asked for, even none, and a next one all the same: a filter does not search without end.
 */
export type Page<Item> = { items: Item[]; next: string | null }

/** Only what comes after this place, and so many at most. */
export type PageQuery = { after?: string; limit: number }

/** The records of claimed steps; a step that was never claimed has none before its job is settled. */
export interface Steps {
  /** Strongly consistent. */
  get(key: StepKey): Promise<Step | undefined>
  /** Every step of the job in the order of the chain, however many there are; strongly consistent. */
  list(jobId: string): Promise<Step[]>
  /** Some of them, in the same order; by their places, and only those written after a time where one is given. */
  page(jobId: string, query: StepPageQuery): Promise<Page<Step>>
  /** The last of them, in the same order. */
  latest(jobId: string, limit: number): Promise<Step[]>
  /** As `Jobs.apply`. */
  apply(key: StepKey, event: StepEvent, guess?: Step): Promise<StepOutcome>
}

export type StepPageQuery = PageQuery & { updated_after?: Time }

/** `place` is the writer's own; `write` rises with each of its writes there. */
export type NewValue = { place: string; write: number; text: JsonText }

/** The author's larger values: one record each, beside the job or step that refers to it. */
export interface Values {
  /** Done before whatever refers to it is written. A delayed write never replaces a later one at its place. */
  put(jobId: string, value: NewValue): Promise<ValueRef>
  /** Strongly consistent. @throws Error where it is gone, or is another than the one referred to */
  get(jobId: string, ref: ValueRef): Promise<JsonText>
}

/** Which jobs: of one template, in one state, of one tenant. */
export type JobFilter = { template?: string; state?: State; tenant_id?: string }
export type NewestQuery = PageQuery & JobFilter & { template: string }
export type ActiveQuery = PageQuery & JobFilter

/** Finds candidates. May be late and may be wrong: whoever decides reads the job itself. */
export interface JobIndex {
  /** Jobs of a template, newest first; the place of one is `<created_at>#<id>`. */
  newest(query: NewestQuery): Promise<Page<Job>>
  /** Jobs that have not ended, the one written last first; the place of one is `<updated_at>#<id>`. */
  latest(query: ActiveQuery): Promise<Page<Job>>
  /** Jobs that have not ended. */
  active(): Promise<Job[]>
  /** Ended jobs that were last written before this time, and were not retired. */
  ended(before: Time): Promise<Job[]>
}

/** What was notified, under its job. */
export interface Notifications {
  /** A second time changes nothing but that it is not marked any more. */
  keep(record: NotificationRecord): Promise<void>
  /** Marks a kept one: the bus did not take it. */
  markUnsent(record: NotificationRecord): Promise<void>
  /** Takes the mark off; nothing where the record is gone. */
  markSent(record: NotificationRecord): Promise<void>
  /** At most so many that are marked, the oldest first; may be late. */
  unsent(limit: number): Promise<NotificationRecord[]>
  /** A job's notifications in the order of their records; strongly consistent. */
  list(jobId: string): Promise<Notification[]>
  /** Some of them, in the same order. */
  page(jobId: string, query: PageQuery): Promise<Page<Notification>>
}

/** A notification that the bus did not take, and why. */
export type Refusal = { notification: Notification; reason: string }

/** The event bus. */
export interface Bus {
  /** Sends them in their order. What is refused must be sent again; consumers fold repeats by message id. */
  publish(notifications: Notification[]): Promise<Refusal[]>
}

/** Who sweeps, until when. */
export type SweepTurn = { owner: string; at: Time; until: Time }

/** Sees to it that one sweep is under way at a time. */
export interface SweepLease {
  /** True where nobody had it, its time was over, or it is the owner's already: it then holds until `until`. */
  take(turn: SweepTurn): Promise<boolean>
  /** Ends it before its time, where it still is the owner's. */
  release(owner: string): Promise<void>
}

export type Execution = {
  name: string
  status: 'RUNNING' | ExecutionEnd['status']
  started_at: Time
  input: JsonText
  end: ExecutionEnd | null
  /** What it ended well with, where that is known. */
  output?: JsonText
  /** Somebody had it go on after it had failed. */
  redriven?: true
}

/** The executions of job templates' state machines. */
export interface Executions {
  /**
   * Starts the execution `name`; true, or false when one of that name exists already.
   *
   * @throws MachineMissingError when there is no such state machine
   */
  start(stateMachineArn: string, name: string, input: JsonText): Promise<boolean>
  describe(executionArn: string): Promise<Execution | undefined>
  /** Stops the job's execution with error and cause; false when there is none (yet). Repeatable. */
  stop(job: Job): Promise<boolean>
  /** Names of the machine's running executions, as of a moment ago; none where there is no such machine. */
  running(stateMachineArn: string): Promise<string[]>
}

/** What the workflow that stands a job down is started with; `call` names this start of it. */
export type StandDownInput = { job_execution_id: string; end: ExecutionEnd; call?: string }

/** The workflow that stands jobs down. */
export interface StandDowns {
  /** Starts it under `name`; true, or false when that name was used already, also by one that has ended. */
  start(name: string, input: StandDownInput): Promise<boolean>
  /** False while it runs, and where there is none of that name. */
  hasEnded(name: string): Promise<boolean>
  /** Names of those that run, as of a moment ago. */
  running(): Promise<string[]>
  /** Whether this state machine is the workflow's. */
  runs(stateMachineArn: string): boolean
  /** What the execution was started with; undefined where there is none. */
  inputOf(executionArn: string): Promise<StandDownInput | undefined>
}

/** The job templates as they are deployed. */
export interface Templates {
  names(): string[]
  /** The modes in which its jobs can be aborted; known without a request. All of them where it is not known. */
  abortModes(name: string): readonly AbortMode[]
  /** ARNs of their state machines; asks nobody. */
  machines(): string[]
  /** What is known of this state machine, where it was attached as it is; asks nobody. */
  attached(stateMachineArn: string): AttachedMachine | undefined
  /** Without those whose state machines were deleted. */
  all(): Promise<Template[]>
  /** @throws NotFoundError when there is no such template, or no state machine of it */
  byName(name: string): Promise<Template>
  /** The template in the version that the job's execution runs; null when neither can be read. */
  ofJob(job: Job): Promise<Template | null>
  /** The version that the execution runs; undefined where there is no such execution, yet or any more. */
  ofExecution(executionArn: string): Promise<Template | undefined>
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs `work` once after so many milliseconds; the answer cancels it. */
  after(milliseconds: number, work: () => void): () => void
  /** Runs `work` again and again; the answer ends it. */
  every(milliseconds: number, work: () => void): () => void
}

export interface Ids {
  /** Never twice the same. */
  random(): string
}

export interface Log {
  warn(message: string, error: Error): void
}

export type Ports = {
  jobs: Jobs
  steps: Steps
  values: Values
  index: JobIndex
  notifications: Notifications
  bus: Bus
  sweepLease: SweepLease
  doorRecords: DoorRecords
  executions: Executions
  standDowns: StandDowns
  templates: Templates
  clock: Clock
  ids: Ids
  log: Log
}

/** What a use case names of them. */
export type Needs<Name extends keyof Ports> = Pick<Ports, Name>
