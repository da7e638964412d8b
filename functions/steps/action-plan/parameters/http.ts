import * as z from 'zod'
import { isTemplate, placeholdersIn } from '../http/template.ts'

/** Seconds, as long as a sleep may last. */
const LONGEST_OPERATION = 28_800

const SECRET_HEADER = /^(proxy-)?authorization$|^cookie$|token|secret|password|api-?key/i

const headers = z.record(
  z
    .string()
    .regex(/^[\w!#$%&'*+.^|~-]{1,100}$/, 'is no name of a header')
    .refine(
      (name) => !SECRET_HEADER.test(name),
      'holds a secret: put it into a secret, and name that in headers_secret',
    ),
  z
    .string()
    .max(2_048)
    .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII'),
)

const literal = z
  .string()
  .max(2_048)
  .refine(
    isLiteral,
    'must be http(s)://host[:port]/path, without a password: put one into a secret, and name that in headers_secret',
  )

const template = z
  .string()
  .max(2_048)
  .refine(
    (text) => isTemplate(text) && (text.startsWith('{') || isLiteral(text.replace(/\{[^{}]*\}/g, 'x'))),
    'must be http(s)://host/path, or begin with {location} or {/pointer}; a part of it may be {/pointer} of the answer to the start, or {status/pointer}',
  )

const fromStart = template.refine(
  (text) => placeholdersIn(text).every((name) => !name.startsWith('status/')),
  'cannot refer to the status by which it is asked',
)

const method = z.enum(['POST', 'PUT', 'PATCH', 'DELETE'])
const request = { method: method.optional(), headers: headers.optional(), body: z.json().optional() }

/** Of an answer: the text of its state, or its HTTP status. */
const states = z.array(z.union([z.string().max(255), z.int().min(200).max(599)])).max(50)

export const httpParameters = z.strictObject({
  start: z.strictObject({ url: literal, ...request, idempotent: z.boolean().optional() }),
  status: z
    .strictObject({
      url: fromStart,
      state: z
        .string()
        .regex(/^(\/[^/]{1,100}){1,20}$/, 'is no JSON pointer: write it as /server/status')
        .optional(),
      done: states.min(1),
      failed: states.optional(),
      cancelled: states.optional(),
    })
    .optional(),
  abort: z
    .strictObject({ url: template, ...request, wait: z.int().min(1).max(LONGEST_OPERATION).optional() })
    .optional(),
  revert: z.strictObject({ url: template, ...request }).optional(),
  headers_secret: z
    .string()
    .regex(/^standdown\/[A-Za-z0-9/_+=.@-]{1,500}$/, 'is no name of a secret below standdown/')
    .optional(),
  verify_ca: z.union([z.boolean(), z.string().max(65_536)]).optional(),
  timeout: z.int().min(1).max(LONGEST_OPERATION).optional(),
})

export type HttpParameters = z.infer<typeof httpParameters>
export type States = z.infer<typeof states>

function isLiteral(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

/** Every URL that the action may ask and that is not found in an answer, and where it is given. */
export const urlsOf = (given: HttpParameters): { path: string; hostname: string }[] =>
  (['start', 'status', 'abort', 'revert'] as const).flatMap((part) => {
    const text = given[part]?.url.replace(/\{[^{}]*\}/g, 'x')
    const hostname =
      text === undefined || given[part]?.url.startsWith('{') ? undefined : URL.parse(text)?.hostname
    return hostname === undefined ? [] : [{ path: `${part}/url`, hostname }]
  })
