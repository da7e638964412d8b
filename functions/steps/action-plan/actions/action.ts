import type { HookTools, RunTools } from '#sdk/index.ts'
import type { HttpCheckpoint } from '../http/checkpoint.ts'
import type { Web } from '../http/web.ts'
import type { JobCheckpoint } from '../job/checkpoint.ts'
import type { ChildJobs } from '../job/child-jobs.ts'
import type { LambdaCheckpoint } from '../lambda/checkpoint.ts'
import type { Functions } from '../lambda/functions.ts'
import type { ActionType, Parameters } from '../parameters.ts'

/** An action of one type as its step is called with it; `index`, its place in the plan, and `rank` tell its step apart. */
export type ActionOf<Type extends ActionType> = {
  uuid: string
  action_type: Type
  input_parameters: Parameters<Type>
}
export type GivenAction = { [Type in ActionType]: ActionOf<Type> }[ActionType]

/** What of an action that waits is kept; `began` in milliseconds since the epoch. */
export type WaitCheckpoint = { action_type: 'nop' | 'sleep'; began: number }
export type ActionCheckpoint = WaitCheckpoint | LambdaCheckpoint | HttpCheckpoint | JobCheckpoint

/** What a revert is given of a run: the action, and what it came to; null where there is nothing to undo. */
export type ActionResult = { action: GivenAction; answer: unknown } | null

export type ActionParts = {
  now(): number
  /** Until then, or until the signal aborts, whatever comes first. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
  functions: Functions
  web: Web
  jobs: ChildJobs
}

export type ActionTools = Pick<
  RunTools<ActionCheckpoint>,
  'signal' | 'stopping' | 'checkpoint' | 'pointOfNoReturn' | 'resumeFrom' | 'job'
>

export type ActionHookTools = Pick<
  HookTools<ActionCheckpoint, ActionResult>,
  'signal' | 'checkpoint' | 'result' | 'save' | 'mode' | 'rollback' | 'job'
>
