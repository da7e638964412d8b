import type { SendRequest } from './requests.ts'

/** What is kept of a command: the statuses are those of the wire. */
export type PluginRecord = {
  name: string
  status: string
  details: string
  /** -1 until it has ended. */
  code: number
  startedAt: number | null
  endedAt: number | null
  stdout: string
  stderr: string
}

export type InvocationRecord = { node: string; status: string; details: string; plugins: PluginRecord[] }

export type CommandRecord = SendRequest & {
  id: string
  requestedAt: number
  isCancelled: boolean
  invocations: InvocationRecord[]
}

const OPEN = ['Pending', 'InProgress', 'Cancelling']

export const isOpen = ({ status }: { status: string }): boolean => OPEN.includes(status)

/** Failed and ExecutionTimedOut count against MaxErrors. */
export const isError = ({ status, details }: InvocationRecord): boolean =>
  (status === 'Failed' && details !== 'Terminated') || details === 'ExecutionTimedOut'

/** A number, or a percentage of the targets. */
export function limitOf(text: string, targets: number): number {
  const number = Number.parseInt(text, 10)
  return text.endsWith('%') ? Math.floor((targets * number) / 100) : number
}

/** Status and StatusDetails of a command are those of its invocations taken together. */
export function statusOf({ invocations, isCancelled, maxErrors }: CommandRecord): [string, string] {
  const same = (status: string): [string, string] => [status, status]
  if (invocations.length === 0) return ['Failed', 'NoInstancesInTag']
  if (invocations.every(({ status }) => status === 'Pending')) return same('Pending')
  if (invocations.some(isOpen)) return same(isCancelled ? 'Cancelling' : 'InProgress')
  if (invocations.every(({ status }) => status === 'Success')) return same('Success')
  if (invocations.some(({ status }) => status === 'Cancelled') && isCancelled) return same('Cancelled')
  const errors = invocations.filter(isError)
  if (errors.length <= limitOf(maxErrors, invocations.length)) return ['Failed', 'Incomplete']
  return errors.every(({ status }) => status === 'TimedOut')
    ? ['TimedOut', 'ExecutionTimedOut']
    : same('Failed')
}
