import type { AbortRequest, Fault, Time } from '../job/job.ts'
import type { State } from '../states.ts'

export const ABORTABLES = ['checkpoint', 'boundary', 'never'] as const
/** Where a step stops for a graceful abort: inside, at its end, or not at all before its end. */
export type Abortable = (typeof ABORTABLES)[number]

export type Progress = { done: number; total: number | null; unit: string }

/** Which step of which job: `index` for a Map's children, `visit` for a step inside a loop. */
export type StepKey = {
  job_execution_id: string
  name: string
  order: number
  index: number | string | null
  visit: string | null
}

/** The item of one claimed step (`sk = STEP#...`), or of one that was never claimed after a stand-down. */
export type Step = StepKey & {
  kind: 'step'
  template: string
  state: State
  abortable: Abortable
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
  /** False only where the claim was refused before the handler ran. */
  touched: boolean
  progress: Progress | null
  checkpoint: unknown
  checkpoint_at: Time | null
  result: unknown
  fault: Fault | null
  cleaned_up: boolean
  abort_request: AbortRequest | null
  version: number
  notified: number
}

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

/** The attempt may still be running: it holds a lease that has neither ended nor been given back. */
export const isLive = (step: Step, now: Time): boolean =>
  !step.attempt_ended && step.owner !== null && leaseEnd(step) > now

/** The earlier of the lease and the Lambda's end; the empty string sorts before any time. */
export const leaseEnd = (step: Step): Time => {
  const ends = [step.lease_until, step.dead_by].filter((time) => time !== null)
  return ends.sort()[0] ?? ''
}
