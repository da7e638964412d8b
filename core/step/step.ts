import type { Hook } from '../clean-up/hook.ts'
import type { AbortRequest, Fault, Time } from '../job/job.ts'
import { LAYOUT } from '../layout.ts'
import type { State } from '../states.ts'
import type { JsonValue } from '../value.ts'
import type { ChildExecutions } from './child.ts'

export const OWN_ABORTABLES = ['checkpoint', 'boundary', 'never'] as const
/** Of a step with code of ours. */
export type OwnAbortable = (typeof OWN_ABORTABLES)[number]

export const ABORTABLES = [...OWN_ABORTABLES, 'stop'] as const
/**
 * Where a step stops for a graceful abort: inside, at its end, not at all before its end; or, of a task that runs no
 * code of ours, with its execution, for which nobody waits.
 */
export type Abortable = (typeof ABORTABLES)[number]

export const CLEAN_UP_AFTER = ['lease', 'lambda'] as const
/**
 * When a step that did not say that it stopped may be cleaned up: once its lease has ended, or only once its
 * Lambda is over, for effects that no fence can hold back.
 */
export type CleanUpAfter = (typeof CLEAN_UP_AFTER)[number]

/** What a step's author says of it. */
export type StepTraits = {
  abortable: Abortable
  clean_up_after: CleanUpAfter
  /** Those that it has; null where the call did not say, as in items of layout 1. */
  hooks: Hook[] | null
  /** Why what it did cannot be undone; null where it can, or changes nothing. */
  irreversible: string | null
  /** Of steps of one order, as the children of a Map: those of a higher rank are cleaned up first. */
  rank: number | null
  /** In a Map: how many items it has; of a Map in a Map `40.3`, as its index is `7.1`. Null where the call did not say. */
  item_count: number | string | null
  /** Inside a loop: the highest order in it. Its visits are cleaned up one by one, the last one first. */
  loop_order: number | null
  /** Only of a task that runs no code of ours. */
  external?: External
}

export const REVERT_WHEN = ['rollback', 'not-committed'] as const

/** What the chain says of a task that runs no code of ours. */
export type ExternalTraits = {
  /** When its finished work is undone: with `rollback` only, or whenever its job ends otherwise than well. */
  revert_when: (typeof REVERT_WHEN)[number]
  /** The functions of its hooks. */
  functions: Partial<Record<Hook, string>>
  /** The executions that its task starts and waits for. */
  child?: ChildExecutions
}

/** One entry of a state, told from later ones by its time, and one try of it, by the number of tries before. */
export type StateEntry = { entered_at: Time; retry: number }

/**
 * `stop`: nobody can say that such a task has stopped but a look at what it runs. `requested`: its execution ended
 * before it did, which asks it to; `ended`: a look has shown that it has.
 */
export type External = ExternalTraits & { entry: StateEntry; stop: 'requested' | 'ended' | null }

/**
 * The last clean-up or revert of a step: which hook, by which call of the stand-down, and why it failed. `again`:
 * it is being repeated, in a step that is FAILED already; `run`: by which repetition it was taken up last, if by any.
 */
export type CleanUp = { hook: Hook; call: string; fault: Fault | null; again: boolean; run?: number }

/** Names one execution: its ARN may come again after 90 days, with another start. A redrive keeps both. */
export type ExecutionLife = { execution_arn: string; execution_started_at: Time }

/** `map_total`, in a Map: how much all of its items are together, where the step knows it. */
export type Measure = { done: number; total: number | null; unit: string; map_total?: number }
/** `also`: the same in another unit. */
export type Progress = Measure & { also?: Measure }

/** Which step of which job: `index` for a Map's children, `visit` for a step inside a loop. */
export type StepKey = {
  job_execution_id: string
  name: string
  order: number
  index: number | string | null
  visit: string | null
}

/** The item of one claimed step (`sk = STEP#...`), or of one that was never claimed after a stand-down. */
export type Step = StepKey &
  StepTraits & {
    kind: 'step'
    layout: number
    template: string
    state: State
    /** The execution that claimed it; null in items of layout 1, and where nobody claimed it. */
    execution_arn: string | null
    execution_started_at: Time | null
    /** The version of the function that claimed it, and whose hooks clean it up; null as above. */
    function_arn: string | null
    attempt: number
    owner: string | null
    epoch: number
    started_at: Time | null
    ended_at: Time | null
    updated_at: Time
    lease_until: Time | null
    /** When the claiming Lambda is certainly over. */
    dead_by: Time | null
    /** The attempt said that it stopped: no need to wait for its lease. */
    attempt_ended: boolean
    /** Of a job that nobody aborts: its execution has ended, and the attempt may write nothing more. */
    fenced: boolean
    /** Ran out of its Lambda's time and goes on in another attempt, also under a graceful abort. */
    resumes: boolean
    /** False only where the claim was refused before the handler ran. */
    touched: boolean
    progress: Progress | null
    checkpoint: JsonValue | null
    checkpoint_at: Time | null
    result: JsonValue | null
    fault: Fault | null
    /** A hook ran and ended well. */
    cleaned_up: boolean
    clean_up: CleanUp | null
    abort_request: AbortRequest | null
    version: number
    notified: number
  }

/** As it is before its first write. */
export const freshStep = (step: StepKey & StepTraits & { template: string }, at: Time): Step => ({
  kind: 'step',
  layout: LAYOUT,
  ...step,
  state: 'PENDING',
  execution_arn: null,
  execution_started_at: null,
  function_arn: null,
  attempt: 0,
  owner: null,
  epoch: 0,
  started_at: null,
  ended_at: null,
  updated_at: at,
  lease_until: null,
  dead_by: null,
  attempt_ended: false,
  fenced: false,
  resumes: false,
  touched: false,
  progress: null,
  checkpoint: null,
  checkpoint_at: null,
  result: null,
  fault: null,
  cleaned_up: false,
  clean_up: null,
  abort_request: null,
  version: 0,
  notified: 0,
})

const part = (value: string): string => value.replaceAll('%', '%25').replaceAll('#', '%23')

/** The sort key: order first, so that a Query answers the steps in the order of the chain. */
export function stepSortKey(step: Omit<StepKey, 'job_execution_id'>): string {
  const base = `STEP#${String(step.order).padStart(5, '0')}#${part(step.name)}`
  const index = step.index === null ? '' : `#${part(padded(step.index))}`
  const visit = step.visit === null ? '' : `@${part(step.visit)}`
  return `${base}${index}${visit}`
}

const padded = (index: number | string): string =>
  typeof index === 'number' ? String(index).padStart(7, '0') : index

/** `copy-objects[3]`: what people read. */
export const stepLabel = (step: Pick<StepKey, 'name' | 'index'>): string =>
  step.index === null ? step.name : `${step.name}[${step.index}]`

/** The attempt may still be running: it has not said that it stopped, and its lease or Lambda has not ended. */
export const isLive = (step: Step, now: Time): boolean =>
  !step.attempt_ended && step.owner !== null && holdsUntil(step) > now

/** The earlier of the lease and the Lambda's end, or the latter alone; the empty string sorts before any time. */
export const holdsUntil = ({ clean_up_after, lease_until, dead_by }: Step): Time => {
  if (clean_up_after === 'lambda') return dead_by ?? ''
  const ends = [lease_until, dead_by].filter((time) => time !== null)
  return ends.sort()[0] ?? ''
}

/** Between two attempts of work that outlasts a Lambda: it counts as running, so nobody stops its execution. */
export const isBetweenAttempts = (step: Step): boolean =>
  step.state === 'ONGOING' && step.resumes && step.attempt_ended
