import type { RunTools } from '#sdk/index.ts'
import type { ActionType, Parameters } from '../parameters.ts'

/** An action as its step is called with it; `index`, its place in the plan, and `rank` tell its step apart. */
export type GivenAction = {
  [Type in ActionType]: { uuid: string; action_type: Type; input_parameters: Parameters<Type> }
}[ActionType]

/** Where it was begun, in milliseconds since the epoch. */
export type ActionCheckpoint = { began: number }

export type ActionParts = {
  now(): number
  /** Until then, or until the signal aborts, whatever comes first. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

export type ActionTools = Pick<
  RunTools<ActionCheckpoint>,
  'signal' | 'stopping' | 'checkpoint' | 'resumeFrom'
>
