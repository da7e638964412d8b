import type { ExecutionEnd, Job, Time } from '#core/job/job.ts'
import type { JobEvent, JobRefusal } from '#core/job/reducer.ts'
import type { NotificationRecord } from '#core/notifications/envelope.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import type { Outcome } from '#core/outcome.ts'
import type { State } from '#core/states.ts'
import type { StepEvent, StepRefusal } from '#core/step/reducer.ts'
import type { Step, StepKey } from '#core/step/step.ts'
import type { Template } from '#core/template.ts'
import type { JsonText, ValueRef } from '#core/value.ts'

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

/** The records of claimed steps; a step that was never claimed has none before its job is settled. */
export interface Steps {
  /** Strongly consistent. */
  get(key: StepKey): Promise<Step | undefined>
  /** Every step of the job in the order of the chain, however many there are; strongly consistent. */
  list(jobId: string): Promise<Step[]>
  /** As `Jobs.apply`. */
  apply(key: StepKey, event: StepEvent, guess?: Step): Promise<StepOutcome>
}

/** `place` is the writer's own; `write` rises with each of its writes there. */
export type NewValue = { place: string; write: number; text: JsonText }

/** The author's larger values: one record each, beside the job or step that refers to it. */
export interface Values {
  /** Done before whatever refers to it is written. A delayed write never replaces a later one at its place. */
  put(jobId: string, value: NewValue): Promise<ValueRef>
  /** Strongly consistent. @throws Error where it is gone, or is another than the one referred to */
  get(jobId: string, ref: ValueRef): Promise<JsonText>
}

export type NewestQuery = {
  template: string
  state?: State
  /** Only jobs whose place in the list is after this one's: `<created_at>#<id>`. */
  before?: string
  limit: number
}

/** Finds candidates. May be late and may be wrong: whoever decides reads the job itself. */
export interface JobIndex {
  /** At most `limit` jobs of a template, newest first, by `<created_at>#<id>`. */
  newest(query: NewestQuery): Promise<Job[]>
  /** Jobs that have not ended. */
  active(): Promise<Job[]>
  /** Ended jobs that were last written before this time, and were not retired. */
  ended(before: Time): Promise<Job[]>
}

/** What was notified, under its job. */
export interface Notifications {
  /** A second time changes nothing. */
  keep(record: NotificationRecord): Promise<void>
  /** A job's notifications in the order of their records; strongly consistent. */
  list(jobId: string): Promise<Notification[]>
}

/** The event bus. */
export interface Bus {
  /** @throws when the bus did not take it: it must be sent again; consumers fold repeats by message id */
  publish(notification: Notification): Promise<void>
}

export type Execution = {
  name: string
  status: 'RUNNING' | ExecutionEnd['status']
  started_at: Time
  input: JsonText
  end: ExecutionEnd | null
}

/** The executions of job templates' state machines. */
export interface Executions {
  /** Starts the execution `name`; true, or false when one of that name exists already. */
  start(stateMachineArn: string, name: string, input: JsonText): Promise<boolean>
  describe(executionArn: string): Promise<Execution | undefined>
  /** Stops the job's execution with error and cause; false when there is none (yet). Repeatable. */
  stop(job: Job): Promise<boolean>
  /** Names of the machine's running executions. */
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
  /** Whether this state machine is the workflow's. */
  runs(stateMachineArn: string): boolean
  /** What the execution was started with; undefined where there is none. */
  inputOf(executionArn: string): Promise<StandDownInput | undefined>
}

/** The job templates as they are deployed. */
export interface Templates {
  names(): string[]
  /** @throws NotFoundError when there is no such template */
  byName(name: string): Promise<Template>
  /** The template in the version that the job's execution runs; null when neither can be read. */
  ofJob(job: Job): Promise<Template | null>
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
  executions: Executions
  standDowns: StandDowns
  templates: Templates
  clock: Clock
  ids: Ids
  log: Log
}

/** What a use case names of them. */
export type Needs<Name extends keyof Ports> = Pick<Ports, Name>
