import type { StepKey } from '../step/step.ts'
import type { Hook } from './hook.ts'

/** The payload with which the stand-down invokes a step's function for one of its hooks. */
export type HookPayload = { standdown: HookCallPayload }

/**
 * `call` names the stand-down that asks; absent in rounds that an older version planned. `run`: which
 * repetition of a clean-up that failed this is.
 */
export type HookCallPayload = { hook: Hook; key: StepKey; epoch: number; call?: string; run?: number }
