import * as z from 'zod'

/** So many actions of a plan run at once, at most: more would not fit a job's history. */
export const MAX_PARALLEL = 40

/** A plan of any size is kept beside the jobs, so that its job only names it. */
export const actionPlanInput = z.strictObject({
  project: z.string().min(1).max(128),
  plan: z.uuid(),
  max_parallel: z.int().min(1).max(MAX_PARALLEL),
})

export type ActionPlanInput = z.infer<typeof actionPlanInput>

export const ACTION_PLAN = {
  name: 'action-plan',
  description: 'Runs the actions of a plan, each once all of its parents have succeeded',
  input: actionPlanInput,
  errors: {
    /** What an action asks does not answer for now: it is tried again. */
    ActionUnavailable: 'ActionUnavailable',
    /** An action failed; those that do not rest on it came to their end. */
    ActionFailed: 'ActionFailed',
    /** The job was started by itself: a plan has one job, which its start names. */
    PlanNotStarted: 'PlanNotStarted',
  },
} as const
