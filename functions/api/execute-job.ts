import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { viewStartedJob } from '#core/api/command-views.ts'
import { executeJobBody, idempotencyKey, invalidRequest, parse, pointerOf } from '#core/api/requests.ts'
import { type InvalidPart, RequestInvalidError } from '#core/errors.ts'
import type { Template } from '#core/template.ts'
import { executeJob } from '#engine/jobs/execute.ts'
import { answer, callerOf, type HttpEvent, httpRoute } from '../middleware/http.ts'
import { logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

/** Kept in the job's item, beside all else. */
const MAX_INPUT_BYTES = 32 * 1024

const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: false, verbose: true })
addFormats.default(ajv)
const compiled = new Map<string, ValidateFunction>()

/** Fills the schema's defaults in. @throws RequestInvalidError with a pointer for each fault */
function validated(template: Template, input: unknown): unknown {
  if (!template.input_schema) return input
  const key = JSON.stringify(template.input_schema)
  const validate = compiled.get(key) ?? ajv.compile(template.input_schema)
  compiled.set(key, validate)
  const copy = structuredClone(input)
  if (validate(copy)) return copy
  const errors = (validate.errors ?? []).map(invalidPart)
  throw invalidRequest(`the input is not valid for the template ${template.name}`, errors)
}

function invalidPart({ instancePath, params, message, keyword, parentSchema }: ErrorObject): InvalidPart {
  const extra = (params as { additionalProperty?: string }).additionalProperty
  const pointer = `/input${instancePath}`
  if (extra !== undefined) return { pointer: pointer + pointerOf([extra]), detail: 'is not a known property' }
  const about: unknown = parentSchema?.description
  // A pattern tells people little: what the property is about tells them more.
  const told = keyword === 'pattern' && typeof about === 'string' ? `does not fit: ${about}` : message
  return { pointer, detail: told ?? 'is not valid' }
}

function refuseLarge(input: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(input))
  if (bytes <= MAX_INPUT_BYTES) return
  const detail = `has ${bytes} bytes, at most ${MAX_INPUT_BYTES} are taken: put large data into S3 and name it`
  throw new RequestInvalidError(`the input ${detail}`, [{ pointer: '/input', detail }])
}

async function execute(event: HttpEvent) {
  const body = parse(executeJobBody, event.body ?? {}, 'the body')
  const key = event.headers['idempotency-key']
  const idempotency_key = key === undefined ? null : parse(idempotencyKey, key, 'the Idempotency-Key')
  const named = body.job_template_fq_name
  const name = typeof named === 'string' ? named : named.at(-1)!
  const deps = ports()
  const template = await deps.templates.byName(name)
  const input = validated(template, body.input)
  refuseLarge(input)
  const command = {
    ...{ template, input, idempotency_key, tenant_id: body.tenant_id ?? 'default' },
    created_by: callerOf(event),
  }
  const job = await executeJob(deps, command)
  logJob(job.job_execution_id)
  return answer(202, viewStartedJob(job), { location: `/jobs/${job.job_execution_id}` })
}

export const handler = httpRoute('ExecuteJob', execute)
