import type { State } from '../states.ts'

export const PHASES = ['start', 'end', 'error'] as const
export type Phase = (typeof PHASES)[number]
/** What a notification says happened: `cancel.start`, `execution.end`, ... */
export type NotificationKind = `${'cancel' | 'execution'}.${Phase}`
export type Subject = 'job' | 'step'

type Edges = Partial<Record<`${State}>${State}`, readonly NotificationKind[]>>

const JOB: Edges = {
  'PENDING>ONGOING': ['execution.start'],
  'PENDING>FAILED': ['execution.start', 'execution.error'],
  'ONGOING>SUCCEEDED': ['execution.end'],
  'ONGOING>FAILED': ['execution.error'],
  'PENDING>CANCELLING': ['cancel.start'],
  'ONGOING>CANCELLING': ['cancel.start'],
  'CANCELLING>CANCELLED': ['cancel.end'],
  'CANCELLING>FAILED': ['cancel.error'],
}

const STEP: Edges = {
  'PENDING>CANCELLED': ['cancel.start', 'cancel.end'],
  'ONGOING>CANCELLING': ['cancel.start'],
  'CANCELLING>CANCELLED': ['cancel.end'],
  'CANCELLING>FAILED': ['cancel.error'],
  'SUCCEEDED>CANCELLED': ['cancel.start', 'cancel.end'],
  'SUCCEEDED>FAILED': ['cancel.start', 'cancel.error'],
}

/** The notifications that a change of state means, in order; none where the state stays. */
export function notificationKinds(subject: Subject, from: State, to: State): readonly NotificationKind[] {
  const edges = subject === 'job' ? JOB : STEP
  return edges[`${from}>${to}`] ?? []
}

/** The states whose reaching can mean a notification of a step: all else need not be looked at. */
export const NOTIFIED_STEP_STATES: readonly State[] = [
  ...new Set(Object.keys(STEP).map((edge) => edge.split('>')[1] as State)),
]

export const notificationCount = (subject: Subject, from: State, to: State): number =>
  notificationKinds(subject, from, to).length
