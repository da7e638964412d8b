import * as z from 'zod'
import { idempotencyKey, parse } from '#core/api/requests.ts'
import { RequestInvalidError } from '#core/errors.ts'
import { answer } from '../../middleware/http.ts'
import { type HttpAnswer, type HttpRequest, httpDoor } from '../../middleware/http-door.ts'
import { JSON_API } from '../../middleware/json-api.ts'
import { identityOf } from '../../middleware/tenant.ts'
import { OBJECT_MIGRATION } from '../../steps/object-migration/template.ts'
import { execute } from '../execute.ts'
import { GELATO } from './routes.ts'
import { addressedTenant, noSuchTenant } from './tenant.ts'

const place = z.union([z.string().min(1).max(1280), z.record(z.string(), z.unknown())], {
  error: 'must be "bucket/prefix", or an object {bucket, prefix?, endpoint?, region?, credentials_secret?}',
})

const tenant = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

/** Gelato's own words, and `Options` for those of the template that it has none for. */
export const migrationBody = z.strictObject({
  Type: z.literal('migration').optional(),
  SourceLocation: place,
  DestLocation: place,
  RemainSource: z.boolean().optional(),
  Filter: z.record(z.string(), z.unknown()).optional(),
  Options: z.record(z.string(), z.unknown()).optional(),
})

type Place = z.infer<typeof place>

function locationOf(given: Place): object {
  if (typeof given !== 'string') return given
  const [bucket = '', ...rest] = given.split('/')
  return { bucket, ...(rest.join('/') === '' ? {} : { prefix: rest.join('/') }) }
}

/** In the words of the request: the template's schema knows its own. */
const WORDS: [RegExp, string][] = [
  [/^\/input\/source/, '/SourceLocation'],
  [/^\/input\/destination/, '/DestLocation'],
  [/^\/input\/remain_source/, '/RemainSource'],
  [/^\/input\/filter/, '/Filter'],
  [/^\/input/, '/Options'],
]

function inGelatosWords(error: Error): Error {
  if (!(error instanceof RequestInvalidError)) return error
  const errors = error.errors.map(({ pointer, detail }) => {
    const [from, to] = WORDS.find(([pattern]) => pattern.test(pointer)) ?? [/^$/, '']
    return { pointer: pointer.replace(from, to), detail }
  })
  return new RequestInvalidError('the migration is not valid', errors)
}

async function startMigration(request: HttpRequest): Promise<HttpAnswer> {
  const given = parse(migrationBody, request.body ?? {}, 'the body')
  const tenant_id = parse(tenant, addressedTenant(request, noSuchTenant(request)), 'the tenant')
  const key = request.headers['idempotency-key']
  const job = await execute({
    template: OBJECT_MIGRATION.name,
    input: {
      ...given.Options,
      source: locationOf(given.SourceLocation),
      destination: locationOf(given.DestLocation),
      ...(given.RemainSource === undefined ? {} : { remain_source: given.RemainSource }),
      ...(given.Filter ? { filter: given.Filter } : {}),
    },
    tenant_id,
    created_by: request.caller,
    key_owner: identityOf(request.caller),
    idempotency_key: key === undefined ? null : parse(idempotencyKey, key, 'the Idempotency-Key'),
  }).catch((error: Error) => {
    throw inGelatosWords(error)
  })
  const { job_execution_id: Id, state: Status } = job
  return answer(202, { Id, Status }, { location: `/v1/${tenant_id}/jobs/${encodeURIComponent(Id)}` })
}

export const gelatoStartJob = httpDoor({
  door: GELATO,
  bundle: 'api/execute-job',
  handlers: { startMigration },
  ...JSON_API,
})
