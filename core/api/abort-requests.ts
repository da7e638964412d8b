import * as z from 'zod'
import { ABORT_MODES, type AbortMode } from '../job/job.ts'
import { NO_CONTROL } from '../text/control.ts'
import { jobId } from './requests.ts'

const reason = z.string().max(1024).regex(NO_CONTROL, 'must not contain control characters')

const options = {
  reason: reason.optional(),
  force_after_seconds: z.int().min(1).max(31_536_000).optional(),
  rollback: z.boolean().optional(),
  dry_run: z.boolean().optional(),
}

/** `abort_mode` is Contrail's word for `mode`; whoever says both must say the same. */
const modes = { mode: z.enum(ABORT_MODES).optional(), abort_mode: z.enum(ABORT_MODES).optional() }

type Modes = { [Word in keyof typeof modes]?: AbortMode | undefined }
type SaidMode = { path: string[]; mode: AbortMode }

const saidIn = ({ mode, abort_mode }: Modes, within: string[] = []): SaidMode[] =>
  Object.entries({ mode, abort_mode }).flatMap(([word, said]) =>
    said === undefined ? [] : [{ path: [...within, word], mode: said }],
  )

/** A fault at each place, where the places do not say the same. */
function agreeing(said: SaidMode[], { addIssue }: z.core.$RefinementCtx): void {
  if (said.every(({ mode }) => mode === said[0]?.mode)) return
  const all = said.map(({ path, mode }) => `/${path.join('/')} is ${mode}`).join(', ')
  for (const { path } of said) addIssue({ code: 'custom', path, message: `contradicts: ${all}; say it once` })
}

/** The mode that a body asks for; graceful where it says none. */
export const modeOf = ({ mode, abort_mode }: Modes): AbortMode => mode ?? abort_mode ?? 'graceful'

/** Body of `POST /jobs/{id}/abort`, of our own door and of Gelato's; empty means graceful. */
export const abortBody = z
  .strictObject({ ...modes, ...options })
  .superRefine((body, context) => agreeing(saidIn(body), context))

/** How many jobs one request may abort. */
export const MAX_MANY = 1_000

const OPEN_STATES = ['PENDING', 'ONGOING', 'CANCELLING'] as const

const jobFilter = z
  .strictObject({
    template: z.string().min(1).max(64).optional(),
    state: z.enum(OPEN_STATES).optional(),
    created_before: z.iso.datetime({ error: 'must be a time as 2026-01-31T09:00:00.000Z' }).optional(),
  })
  .refine((filter) => Object.keys(filter).length > 0, 'is empty: name a template, a state or a time')

/** Body of `POST /jobs/abort`: which jobs is said in one way, and never by leaving it out. */
export const abortManyBody = z
  .strictObject({
    job_execution_ids: z
      .array(jobId)
      .min(1, 'is empty: name the jobs to abort')
      .max(MAX_MANY, `has too many: at most ${MAX_MANY} jobs are aborted at once`)
      .optional(),
    filter: jobFilter.optional(),
    ...modes,
    ...options,
  })
  .refine(
    ({ job_execution_ids, filter }) => (job_execution_ids === undefined) !== (filter === undefined),
    'must have either job_execution_ids or filter',
  )
  .superRefine((body, context) => agreeing(saidIn(body), context))

/**
 * Contrail's document names the jobs in three ways: an id, a list under the same name, a list `job_execution_ids`. A list
 * has to name one job; its empty list, which there means all jobs, is a fault.
 */
function namingOneJob(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  const { job_execution_ids: ids, ...rest } = input as Record<string, unknown>
  const { job_execution_id: id = ids } = rest
  if (ids !== undefined && id !== ids) return input
  return { ...rest, job_execution_id: Array.isArray(id) && id.length === 1 ? id[0] : id }
}

const oneJobId = z.unknown().superRefine((id, { addIssue }) => {
  if (Array.isArray(id))
    addIssue({ code: 'custom', message: `names ${id.length} jobs: name one, or ask POST /jobs/abort` })
})

/** Its `input`, once its words for one job are one. */
export const abortJobInput = z.strictObject({ job_execution_id: oneJobId.pipe(jobId), ...modes, ...options })

/** Body of Contrail's `POST /abort-job`; mode and options may stand beside `input` or in it. */
export const abortJobBody = z
  .strictObject({
    input: z.preprocess(namingOneJob, abortJobInput),
    ...modes,
    ...options,
  })
  .superRefine(({ input, ...beside }, context) =>
    agreeing([...saidIn(input, ['input']), ...saidIn(beside)], context),
  )

export type AbortBody = z.infer<typeof abortBody>
export type AbortManyBody = z.infer<typeof abortManyBody>
export type OpenJobFilter = z.infer<typeof jobFilter>
