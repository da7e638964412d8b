import * as z from 'zod'
import { type InvalidPart, RequestInvalidError } from '../errors.ts'
import { STATES } from '../states.ts'

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

/** Body of `POST /jobs/{id}/clean-up`: nothing is to be said. */
export const cleanUpBody = z.strictObject({})

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
