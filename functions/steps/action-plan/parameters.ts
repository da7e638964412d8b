import * as z from 'zod'
import { httpParameters } from './parameters/http.ts'
import { jobParameters } from './parameters/job.ts'
import { lambdaParameters } from './parameters/lambda.ts'

/**
 * Seconds. A step that waits takes up its work every 15 minutes; with 40 of them at once the history of their job has
 * room for so many.
 */
export const LONGEST_SLEEP = 28_800

/** What each type of action is given. */
export const PARAMETERS = {
  nop: z.strictObject({ message: z.string().max(65_536).optional() }),
  sleep: z.strictObject({ duration: z.number().min(0).max(LONGEST_SLEEP) }),
  lambda: lambdaParameters,
  http: httpParameters,
  job: jobParameters,
} as const

export type ActionType = keyof typeof PARAMETERS
export type Parameters<Type extends ActionType> = z.infer<(typeof PARAMETERS)[Type]>

export const ACTION_TYPES = Object.keys(PARAMETERS) as [ActionType, ...ActionType[]]
