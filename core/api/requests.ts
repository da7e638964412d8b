import * as z from 'zod'
import { type InvalidPart, RequestInvalidError } from '../errors.ts'
import { ABORT_MODES } from '../job/job.ts'
import { STATES } from '../states.ts'
import { NO_CONTROL } from '../text/control.ts'

const JOB_ID_HINT =
  'must be 1 to 80 characters, without white space, control characters and < > { } [ ] ? * " # % \\ ^ | ~ ` $ & , ; : /'

/**
 * A job's id is its execution's name, and executions may be started past the API: what Step Functions admits is
 * an id, https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const jobId = z
  .string()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Step Functions refuses them
  .regex(/^[^\u0000-\u0020\u007f-\u009f\ufffe\uffff<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/u, JOB_ID_HINT)
  .refine((id) => id.isWellFormed(), JOB_ID_HINT)

const reason = z.string().max(1024).regex(NO_CONTROL, 'must not contain control characters')

const abortOptions = {
  reason: reason.optional(),
  force_after_seconds: z.int().min(1).max(31_536_000).optional(),
  rollback: z.boolean().optional(),
  dry_run: z.boolean().optional(),
}

/** Body of `POST /jobs/{id}/abort`, of our own door and of Gelato's; empty means graceful. */
export const abortBody = z.strictObject({ mode: z.enum(ABORT_MODES).optional(), ...abortOptions })

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
    mode: z.enum(ABORT_MODES).optional(),
    ...abortOptions,
  })
  .refine(
    ({ job_execution_ids, filter }) => (job_execution_ids === undefined) !== (filter === undefined),
    'must have either job_execution_ids or filter',
  )

/** Body of `POST /jobs/{id}/clean-up`: nothing is to be said. */
export const cleanUpBody = z.strictObject({})

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

/** Body of Contrail's `POST /abort-job`; the options may stand beside `input` or in it. */
export const abortJobBody = z.strictObject({
  input: z.preprocess(
    namingOneJob,
    z.strictObject({
      job_execution_id: oneJobId.pipe(jobId),
      abort_mode: z.enum(ABORT_MODES).optional(),
      ...abortOptions,
    }),
  ),
  ...abortOptions,
})

/** Body of Contrail's `POST /execute-job`. Its fully qualified name is an array, whose last element names the template. */
export const executeJobBody = z.strictObject({
  job_template_fq_name: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
    error: ({ input }) =>
      `${input === undefined ? 'is missing: it ' : ''}must be the name of a job template, or a list whose last element is`,
  }),
  input: z.record(z.string(), z.unknown()),
  tenant_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
})

/** How many items a page has at most. */
export const MAX_PAGE = 100

const limit = z
  .string()
  .regex(/^([1-9]\d?|100)$/, `must be a whole number from 1 to ${MAX_PAGE}`)
  .transform(Number)

const next_token = z.string().max(2048).optional()

export const listQuery = z.strictObject({
  state: z.enum(STATES).optional(),
  template: z.string().min(1).max(64).optional(),
  limit: limit.default(25),
  next_token,
  counts: z.literal('active').optional(),
})

/** Of `GET /jobs/{id}/events`. */
export const eventsQuery = z.strictObject({ limit: limit.default(MAX_PAGE), next_token })

/** How many steps a page has at most that shows their values: an answer of a Lambda has 6 MB. */
export const MAX_PAGE_OF_VALUES = 10

/** Of `GET /jobs/{id}/steps`; with `updated_after` only the steps that were written later, with `values` what they keep. */
export const stepsQuery = eventsQuery.extend({
  values: z.literal('true').optional(),
  updated_after: z.iso.datetime({ error: 'must be a time as 2026-01-31T09:00:00.000Z' }).optional(),
})

export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')

export type AbortBody = z.infer<typeof abortBody>
export type AbortManyBody = z.infer<typeof abortManyBody>
export type OpenJobFilter = z.infer<typeof jobFilter>
export type ListQuery = z.infer<typeof listQuery>
export type StepsQuery = z.infer<typeof stepsQuery>
export type EventsQuery = z.infer<typeof eventsQuery>

/** @throws RequestInvalidError with a JSON pointer for each fault */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.infer<Schema> {
  const result = schema.safeParse(value, { error: missing })
  if (result.success) return result.data
  throw invalidRequest(`${what} is not valid`, result.error.issues.flatMap(invalidParts))
}

/** What a schema says itself of its part goes first. */
const missing = ({ input }: { input?: unknown }): string | undefined =>
  input === undefined ? 'is missing' : undefined

/** Of a body made of faults only the first are named: the answer must not outgrow the request. */
const MAX_FAULTS = 20

export function invalidRequest(what: string, faults: InvalidPart[]): RequestInvalidError {
  const named = faults.slice(0, MAX_FAULTS)
  const summary = named.map(({ pointer, detail }) => `${pointer || '/'} ${detail}`).join('; ')
  const more = faults.length - named.length
  return new RequestInvalidError(`${what}: ${summary}${more > 0 ? `; and ${more} more` : ''}`, named)
}

/** Far longer than any name that a request knows. */
const MAX_NAME = 128

const shortened = (part: PropertyKey): string => {
  const name = String(part)
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME).toWellFormed()}…`
}

/** JSON pointer, RFC 6901. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${shortened(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function invalidParts(issue: z.core.$ZodIssue): InvalidPart[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key]),
      detail: 'is not a known property',
    }))
  }
  return [{ pointer: pointerOf(issue.path), detail: issue.message }]
}
