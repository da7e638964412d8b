import * as z from 'zod'
import { invalidRequest } from '#core/api/requests.ts'
import { json } from './json.ts'

const operation = z.union([
  z.strictObject({
    op: z.enum(['add', 'replace']),
    path: z.string().regex(/^\//).max(1024),
    value: json,
  }),
  z.strictObject({
    op: z.literal('remove'),
    path: z.string().regex(/^\//).max(1024),
    value: json.optional(),
  }),
])

export const patchBody = z.array(operation).min(1)

export type PatchOperation = { op: 'add' | 'replace' | 'remove'; path: string[]; value: unknown }

/** A JSON Patch (RFC 6902) without `test`, `move` and `copy`. @throws RequestInvalidError with a pointer for each fault */
export function parsePatch(body: unknown): PatchOperation[] {
  if (!Array.isArray(body) || body.length === 0) {
    throw invalidRequest('the patch is not valid', [
      { pointer: '', detail: 'must be a JSON Patch of one operation or more' },
    ])
  }
  const faults: { pointer: string; detail: string }[] = []
  const operations = body.flatMap((given, at): PatchOperation[] => {
    const { success, data } = operation.safeParse(given)
    if (success) return [{ op: data.op, path: tokensOf(data.path), value: data.value }]
    faults.push({ pointer: `/${at}`, detail: whyNot(given) })
    return []
  })
  if (faults.length > 0) throw invalidRequest('the patch is not valid', faults)
  return operations
}

function whyNot(given: unknown): string {
  const { op, path, value } = (given ?? {}) as Record<string, unknown>
  if (!['add', 'replace', 'remove'].includes(String(op))) {
    return `has the operation ${JSON.stringify(op)?.slice(0, 40)}: there are add, replace and remove`
  }
  if (typeof path !== 'string' || !path.startsWith('/')) return 'has no path that begins with /'
  if (value === undefined) return `has no value for ${path.slice(0, 80)}`
  return 'must be {"op", "path", "value"}'
}

const tokensOf = (path: string): string[] =>
  path
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

type Json = Record<string, unknown>

/** What the patch makes of objects within objects. @throws RequestInvalidError where a path leads nowhere */
export function applyPatch(document: Json, operations: PatchOperation[]): Json {
  return operations.reduce((current, { op, path, value }, at) => {
    const fail = (detail: string): never => {
      throw invalidRequest('the patch is not valid', [{ pointer: `/${at}/path`, detail }])
    }
    return set(current, path, { op, value, fail })
  }, document)
}

type Change = { op: PatchOperation['op']; value: unknown; fail(detail: string): never }

function set(object: Json, [name = '', ...rest]: string[], change: Change): Json {
  if (name === '__proto__') return change.fail('is not a known property')
  if (rest.length > 0) {
    const inner = object[name]
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) {
      return change.fail(`leads through ${name}, which is no object`)
    }
    return { ...object, [name]: set(inner as Json, rest, change) }
  }
  if (change.op !== 'add' && !Object.hasOwn(object, name))
    return change.fail(`there is no ${name} to ${change.op}`)
  const { [name]: _old, ...others } = object
  return change.op === 'remove' ? others : { ...object, [name]: change.value }
}
