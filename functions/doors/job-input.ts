import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { env } from '#aws/env.ts'
import { invalidRequest, pointerOf } from '#core/api/requests.ts'
import { type InvalidPart, RequestInvalidError } from '#core/errors.ts'
import type { Template } from '#core/template.ts'
import { bytesOf, MAX_VALUE_BYTES } from '#core/value.ts'
import { INPUT_RULES } from './input-rules.ts'

const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: false, verbose: true })
addFormats.default(ajv)
const compiled = new Map<string, ValidateFunction>()

/** The input with its schema's defaults filled in, and its template's rules looked at. @throws RequestInvalidError with a pointer for each fault */
export function validInput(template: Template, given: unknown): unknown {
  const input = withDefaults(template, given)
  refuseByRules(template, input)
  refuseLarge(input)
  return input
}

function refuseByRules(template: Template, input: unknown): void {
  const faults = INPUT_RULES.get(template.name)?.(input, env.awsEndpoint()) ?? []
  if (faults.length === 0) return
  const errors = faults.map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail }))
  throw invalidRequest(`the input is not valid for the template ${template.name}`, errors)
}

function withDefaults(template: Template, input: unknown): unknown {
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
  // A pattern says little to people: what the property is about says more.
  const detail = keyword === 'pattern' && typeof about === 'string' ? `does not fit: ${about}` : message
  return { pointer, detail: detail ?? 'is not valid' }
}

function refuseLarge(input: unknown): void {
  const bytes = bytesOf(JSON.stringify(input))
  if (bytes <= MAX_VALUE_BYTES) return
  const detail = `has ${bytes} bytes, at most ${MAX_VALUE_BYTES} are taken: put large data into S3 and name it`
  throw new RequestInvalidError(`the input ${detail}`, [{ pointer: '/input', detail }])
}
