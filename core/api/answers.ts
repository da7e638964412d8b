import * as z from 'zod'
import { HOOKS } from '../clean-up/hook.ts'
import { ABORT_MODES } from '../job/job.ts'
import { STATES, type State } from '../states.ts'
import { ABORTABLES, CLEAN_UP_AFTER } from '../step/step.ts'
import { abortRequest, cleanUpRun, fault, index, notTaken, progress, time } from './parts.ts'

// The one source of what the API answers. Code that is bundled into steps imports the types alone.

export const stepView = z.strictObject({
  name: z.string(),
  index,
  order: z.int(),
  state: z.enum(STATES),
  abortable: z.enum(ABORTABLES),
  attempt: z.int(),
  started_at: time.nullable(),
  ended_at: time.nullable(),
  progress: progress.nullable(),
  checkpoint_at: time.nullable(),
  lease_until: time.nullable(),
  fault: fault.nullable(),
  cleaned_up: z.boolean(),
  clean_up_fault: fault.nullable(),
  not_responding_since: time.nullable(),
  /** Until then at most the stand-down waits for its attempt to say that it stopped. */
  awaited_until: time.nullable(),
  /** Only of a task that runs no code of ours. `requested`: it was asked to stop, and no look has shown yet that it did. */
  external: z.strictObject({ stop: z.enum(['requested', 'ended']).nullable() }).optional(),
})
export type StepView = z.infer<typeof stepView>

/** With its values, as its author gave them. */
export const stepWithValues = stepView.extend({ checkpoint: z.unknown(), result: z.unknown() })
export type StepWithValues = z.infer<typeof stepWithValues>

const stepCounts = z.strictObject({
  PENDING: z.int(),
  ONGOING: z.int(),
  CANCELLING: z.int(),
  CANCELLED: z.int(),
  SUCCEEDED: z.int(),
  FAILED: z.int(),
} satisfies Record<State, z.ZodType>)

/** `GET /jobs/{id}`. */
export const jobView = z.strictObject({
  job_execution_id: z.string(),
  template: z.string(),
  tenant_id: z.string(),
  state: z.enum(STATES),
  execution_arn: z.string(),
  execution_started_at: time.nullable(),
  created_at: time,
  created_by: z.string(),
  started_at: time.nullable(),
  ended_at: time.nullable(),
  updated_at: time,
  version: z.int(),
  input: z.unknown(),
  abort_request: abortRequest.nullable(),
  supported_abort_modes: z.array(
    z.strictObject({ mode: z.enum(ABORT_MODES), supported: z.boolean(), reason: z.string().nullable() }),
  ),
  progress: progress.nullable(),
  fault: fault.nullable(),
  left_behind: z.array(z.string()),
  not_undone: z.array(z.strictObject({ step: z.string(), index, reason: z.string() })),
  clean_up: cleanUpRun.nullable(),
  execution_end: z
    .strictObject({ status: z.string(), error: z.string().nullable(), cause: z.string().nullable() })
    .nullable(),
  /** How many steps are in each state, also of those that are not shown. */
  step_counts: stepCounts,
  /**
   * The job has more steps than are read for this: the counts are of the first thousand, and there is a progress where
   * the first and the last thousand hold all of the step under way.
   */
  more_steps: z.boolean(),
  /** The first hundred. */
  steps: z.array(stepView),
})
export type JobView = z.infer<typeof jobView>

/** One of `GET /jobs`, whose steps are not read. */
export const listedJob = jobView.omit({ progress: true, step_counts: true, more_steps: true, steps: true })
export type ListedJob = z.infer<typeof listedJob>

/** Of the jobs that have not ended, as of a moment ago; not `complete`: there are more than the thousand that were counted. */
export const activeCounts = z.strictObject({
  PENDING: z.int(),
  ONGOING: z.int(),
  CANCELLING: z.int(),
  complete: z.boolean(),
})

/** `counts`: only where they are asked for; null where the index did not answer in time. */
export const jobList = z.strictObject({
  items: z.array(listedJob),
  next_token: z.string().nullable(),
  counts: activeCounts.nullable().optional(),
})
export type JobList = z.infer<typeof jobList>

/** `GET /jobs/{id}/steps`: those that were claimed. */
export const stepList = z.strictObject({ items: z.array(stepView), next_token: z.string().nullable() })
export type StepList = z.infer<typeof stepList>
export const stepWithValuesList = stepList.extend({ items: z.array(stepWithValues) })

/** What a state machine's definition says of its graph: the Amazon States Language without what each state does. */
export const definition = z.strictObject({
  StartAt: z.string(),
  get States() {
    return z.record(z.string(), definitionState)
  },
})
export const definitionState = z.strictObject({
  Type: z.string(),
  Comment: z.string().optional(),
  Next: z.string().optional(),
  End: z.boolean().optional(),
  Default: z.string().optional(),
  Choices: z.array(z.strictObject({ Next: z.string() })).optional(),
  Catch: z.array(z.strictObject({ ErrorEquals: z.array(z.string()), Next: z.string() })).optional(),
  get Branches() {
    return z.array(definition).optional()
  },
  get ItemProcessor() {
    return definition.optional()
  },
  step: z.string().optional(),
  added: z.boolean().optional(),
})

/** `GET /jobs/{id}/definition`: of its execution, else of its template as it is deployed now, else nothing. */
export const definitionView = z.strictObject({
  job_execution_id: z.string(),
  source: z.enum(['execution', 'template']).nullable(),
  state_machine_arn: z.string(),
  definition: definition.nullable(),
})
export type DefinitionView = z.infer<typeof definitionView>

/** One of `GET /templates`. */
export const listedTemplate = z.strictObject({
  name: z.string(),
  description: z.string(),
  state_machine_arn: z.string(),
  input_schema: z.record(z.string(), z.unknown()).nullable(),
  abort_modes: z.array(z.enum(ABORT_MODES)),
  steps: z.array(
    z.strictObject({
      name: z.string(),
      order: z.int(),
      abortable: z.enum(ABORTABLES),
      irreversible: z.string().nullable(),
      hooks: z.array(z.enum(HOOKS)).nullable(),
      clean_up_after: z.enum(CLEAN_UP_AFTER),
      mapped: z.boolean(),
    }),
  ),
})
export type ListedTemplate = z.infer<typeof listedTemplate>
export const templateList = z.strictObject({ items: z.array(listedTemplate), next_token: z.null() })

/** `GET /templates/{name}`: with its state machine as it is deployed now. */
export const templateView = listedTemplate.extend({ definition })
export type TemplateView = z.infer<typeof templateView>

/** `POST /jobs/{id}/clean-up`. */
export const cleanUpAnswer = z.strictObject({
  job_execution_id: z.string(),
  state: z.enum(STATES),
  left_behind: z.array(z.string()),
  clean_up: cleanUpRun,
})
export type CleanUpAnswer = z.infer<typeof cleanUpAnswer>

/** `POST /execute-job`. */
export const executeJobAnswer = z.strictObject({ job_execution_id: z.string(), state: z.enum(STATES) })
export type ExecuteJobAnswer = z.infer<typeof executeJobAnswer>

/** `POST /abort-job`, `POST /jobs/{id}/abort`. */
export const abortJobAnswer = z.strictObject({
  job_execution_id: z.string(),
  state: z.enum(STATES),
  abort_request: abortRequest.nullable(),
  not_taken: z.array(notTaken),
})
export type AbortJobAnswer = z.infer<typeof abortJobAnswer>

/** RFC 9457; `errors` of 400, `state` of 409, `supported` of 422. */
export const problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
  state: z.enum(STATES).optional(),
  supported: z.array(z.enum(ABORT_MODES)).optional(),
})

/** What an abort of many says of one: the status is what its own request would have been answered. */
export const abortJobsItem = z.strictObject({
  job_execution_id: z.string(),
  status: z.int(),
  state: z.enum(STATES).optional(),
  not_taken: z.array(notTaken).optional(),
  problem: problem.optional(),
})
export type AbortJobsItem = z.infer<typeof abortJobsItem>

/** `POST /jobs/abort`. */
export const abortJobsAnswer = z.strictObject({ items: z.array(abortJobsItem) })

/** The same with `dry_run`; `truncated`: the filter matches more than may be aborted at once. */
export const abortJobsPlan = abortJobsAnswer.extend({ count: z.int(), truncated: z.boolean() })

/** What an abort would do, from live data (`dry_run`): one object for API, command line and page. */
export const abortPlan = z.strictObject({
  job_execution_id: z.string(),
  mode: z.enum(ABORT_MODES),
  rollback: z.boolean(),
  steps: z.array(
    z.strictObject({
      name: z.string(),
      index,
      state: z.enum(STATES),
      actions: z.array(
        z.enum([
          'stop_now',
          'stop_at_checkpoint',
          'stop_at_boundary',
          'cannot_stop',
          'clean_up',
          'revert',
          'stays',
          'never_starts',
        ]),
      ),
    }),
  ),
  cannot_be_undone: z.array(z.string()),
  not_taken: z.array(notTaken),
})
export type AbortPlan = z.infer<typeof abortPlan>
