import type { Hook } from './hook.ts'
import type { StepKey } from './step.ts'

/** The payload with which the stand-down invokes a step's function for one of its hooks. */
export type HookPayload = { standdown: { hook: Hook; key: StepKey; epoch: number } }
