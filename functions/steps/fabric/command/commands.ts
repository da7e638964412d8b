import type { Targets } from '../playbook/playbook.ts'

/** What SendCommand is asked for. */
export type CommandRequest = {
  document: string
  parameters: Record<string, string[]>
  targets: Targets
  /** How long delivery may take: not how long the command may run. */
  deliverySeconds: number
  /** By which the command is found again. */
  comment: string
}

/** A command as ListCommands tells it. */
export type CommandState = {
  id: string
  status: string
  details: string
  targets: number
  completed: number
}

/** The copy of a command for one target. */
export type Invocation = { target: string; status: string; details: string }

/** What one target's run of the document left. `exitCode` is null where it never started. */
export type Output = { exitCode: number | null; stdout: string; stderr: string; isCut: boolean }

/**
 * Run Command, as the step needs it. Every call may throw `RunCommandUnavailable`, which a later try may not meet, or
 * `PlaybookRefused`, which it would; `send` also `SendUnanswered`.
 */
export interface Commands {
  send(request: CommandRequest): Promise<string>
  /** The commands since then whose comment begins so, as told now: one just sent may be missing for seconds. */
  find(commentStart: string, since: Date, signal: AbortSignal): Promise<CommandState[]>
  /** Undefined where it is not told yet. */
  state(id: string, signal: AbortSignal): Promise<CommandState | undefined>
  invocations(id: string, signal: AbortSignal): Promise<Invocation[]>
  /** Of the document's step that failed, or its last one; null where there is none yet. */
  output(id: string, target: string, signal: AbortSignal): Promise<Output | null>
  /** Asks only: what it becomes is told by `state`. */
  cancel(id: string, signal?: AbortSignal): Promise<void>
  /** The document's own parameter for the time it may run; null where it has none. */
  timeoutParameter(document: string, signal: AbortSignal): Promise<string | null>
}

/** Whether the command was sent is unknown: its reply was lost. */
export class SendUnanswered extends Error {
  override readonly name = 'SendUnanswered'
}

const OPEN = ['Pending', 'InProgress', 'Delayed', 'Cancelling']

/** A command or an invocation in this status changes no more. */
export const isEnded = ({ status }: { status: string }): boolean => !OPEN.includes(status)
