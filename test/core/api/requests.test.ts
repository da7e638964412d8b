import { describe, expect, test } from 'vitest'
import { abortBody, abortJobBody, abortManyBody, modeOf } from '#core/api/abort-requests.ts'
import { jsonPatch } from '#core/api/json-patch.ts'
import {
  eventsQuery,
  executeJobBody,
  idempotencyKey,
  jobId,
  listQuery,
  parse,
  pointerOf,
  stepsQuery,
} from '#core/api/requests.ts'
import { RequestInvalidError } from '#core/errors.ts'

const pointersOf = (schema: Parameters<typeof parse>[0], value: unknown): string[] => {
  try {
    parse(schema, value, 'the body')
    return []
  } catch (error) {
    if (!(error instanceof RequestInvalidError)) throw error
    return error.errors.map((fault) => fault.pointer)
  }
}

const input = { job_execution_id: 'j-1' }

describe('POST /abort-job', () => {
  test.each<[string, unknown, string[]]>([
    ['the least there is', { input }, []],
    ['a mode', { input: { ...input, abort_mode: 'force' } }, []],
    ['options beside the input', { input, reason: 'why', rollback: true, dry_run: false }, []],
    ['options in the input', { input: { ...input, force_after_seconds: 60 } }, []],
    ['no body', undefined, ['']],
    ['a list', [], ['']],
    ['no input', {}, ['/input']],
    ['no id', { input: {} }, ['/input/job_execution_id']],
    ['an id of null', { input: { job_execution_id: null } }, ['/input/job_execution_id']],
    ['an id of *', { input: { job_execution_id: '*' } }, ['/input/job_execution_id']],
    ['an id that is an ARN', { input: { job_execution_id: 'arn:aws:states' } }, ['/input/job_execution_id']],
    ['a list of one id', { input: { job_execution_id: ['a'] } }, []],
    ['a list of one id by its plural', { input: { job_execution_ids: ['a'] } }, []],
    ['several ids', { input: { job_execution_id: ['a', 'b'] } }, ['/input/job_execution_id']],
    [
      'several ids by their plural',
      { input: { job_execution_ids: ['a', 'b'] } },
      ['/input/job_execution_id'],
    ],
    [
      'no id in a list, which is not all jobs',
      { input: { job_execution_ids: [] } },
      ['/input/job_execution_id'],
    ],
    ['a malformed id in a list', { input: { job_execution_ids: ['a/b'] } }, ['/input/job_execution_id']],
    ['an id and a list', { input: { ...input, job_execution_ids: ['b'] } }, ['/input/job_execution_ids']],
    ['an input that is a list', { input: ['j-1'] }, ['/input']],
    ['a misspelt mode', { input: { ...input, abort_mode: 'gracefull' } }, ['/input/abort_mode']],
    ['a mode in capitals', { input: { ...input, abort_mode: 'FORCE' } }, ['/input/abort_mode']],
    ['an unknown property', { input, modes: 'force' }, ['/modes']],
    ['a mode beside the input', { input, mode: 'force' }, []],
    ['the same by both words', { input: { ...input, abort_mode: 'force' }, mode: 'force' }, []],
    [
      'another by the other word',
      { input: { ...input, abort_mode: 'force' }, mode: 'graceful' },
      ['/input/abort_mode', '/mode'],
    ],
    ['one in the input', { input: { ...input, all: true } }, ['/input/all']],
    ['who', { input, requested_by: 'someone else' }, ['/requested_by']],
    ['two faults', { input: { abort_mode: 'x' } }, ['/input/job_execution_id', '/input/abort_mode']],
    ['a deadline of none', { input, force_after_seconds: 0 }, ['/force_after_seconds']],
    ['control characters', { input, reason: 'a\u001b[31mb' }, ['/reason']],
    ['a line separator', { input, reason: 'a\u2028b' }, ['/reason']],
    ['a slash in a name', { input, 'a/b~c': 1 }, ['/a~1b~0c']],
  ])('%s: %j', (_title, body, expected) => {
    expect(pointersOf(abortJobBody, body)).toEqual(expected)
  })
})

test.each<[object, string[]]>([
  [{}, []],
  [{ mode: 'graceful' }, []],
  [{ mode: 'stop' }, ['/mode']],
  [{ abort_mode: 'force' }, []],
  [{ abort_mode: 'Force' }, ['/abort_mode']],
  [{ mode: 'force', abort_mode: 'force' }, []],
  [{ mode: 'force', abort_mode: 'graceful' }, ['/mode', '/abort_mode']],
  [{ modes: 'force' }, ['/modes']],
])('POST /jobs/{id}/abort and /jobs/abort with %j', (body, expected) => {
  expect(pointersOf(abortBody, body)).toEqual(expected)
  expect(pointersOf(abortManyBody, { job_execution_ids: ['j-1'], ...body })).toEqual(expected)
})

test('both words name the mode, and none means graceful', () => {
  expect(
    [{ mode: 'force' }, { abort_mode: 'force' }, {}].map((body) => modeOf(abortBody.parse(body))),
  ).toEqual(['force', 'force', 'graceful'])
})

test.each<[unknown, string[]]>([
  [{ job_template_fq_name: 'demo', input: {} }, []],
  [{ job_template_fq_name: ['default', 'demo'], input: { any: { thing: 1 } }, tenant_id: 't' }, []],
  [{ job_template_fq_name: [], input: {} }, ['/job_template_fq_name']],
  [{ job_template_fq_name: 'demo' }, ['/input']],
  [{ job_template_fq_name: 'demo', input: 'x' }, ['/input']],
  [{ job_template_fq_name: 'demo', input: {}, created_by: 'x' }, ['/created_by']],
  [{ job_template_fq_name: 'demo', input: {}, tenant_id: '../t' }, ['/tenant_id']],
])('POST /execute-job with %j', (body, expected) => {
  expect(pointersOf(executeJobBody, body)).toEqual(expected)
})

const add = { op: 'add', path: '/name', value: 'a' }

test.each<[string, unknown, string[]]>([
  ['an addition', [add], []],
  ['the whole document', [{ ...add, path: '' }], []],
  ['a value of null', [{ op: 'replace', path: '/a~1b/~0', value: null }], []],
  ['a removal', [{ op: 'remove', path: '/name' }], []],
  ['what it does not know', [{ ...add, from: '/b' }], []],
  ['nothing', [], ['']],
  ['no list', { state: 'on' }, ['']],
  ['no body', undefined, ['']],
  ['no operation', [{ path: '/name', value: 'a' }], ['/0/op']],
  ['an operation that no door takes', [add, { op: 'test', path: '/name', value: 'a' }], ['/1/op']],
  ['no value', [{ op: 'replace', path: '/name' }], ['/0/value']],
  ['no path', [{ op: 'remove' }], ['/0/path']],
  ['no pointer', [{ ...add, path: 'name' }], ['/0/path']],
  ['a pointer with a bad escape', [{ ...add, path: '/a~2' }], ['/0/path']],
])('a JSON Patch with %s: %j', (_title, body, expected) => {
  expect(pointersOf(jsonPatch, body)).toEqual(expected)
})

test('a list is of 25, and its limit comes as text', () => {
  expect(parse(listQuery, {}, 'the query')).toEqual({ limit: 25 })
  expect(parse(listQuery, { limit: '7' }, 'the query')).toEqual({ limit: 7 })
  expect(pointersOf(listQuery, { limit: '101', state: 'RUNNING' })).toEqual(['/state', '/limit'])
})

test('a limit says its bounds, however it misses them', () => {
  for (const limit of ['0', '101', '1000', '-1', '1e1', '']) {
    expect(() => parse(listQuery, { limit }, 'the query')).toThrow(
      '/limit must be a whole number from 1 to 100',
    )
  }
  expect(parse(stepsQuery, { limit: '100' }, 'the query')).toEqual({ limit: 100 })
})

test('a page of steps or of events has a hundred, and says when its time is none', () => {
  expect(parse(eventsQuery, {}, 'the query')).toEqual({ limit: 100 })
  const updated_after = '2026-01-31T09:00:00.000Z'
  expect(parse(stepsQuery, { updated_after }, 'the query')).toEqual({ limit: 100, updated_after })
  expect(pointersOf(stepsQuery, { updated_after: 'yesterday' })).toEqual(['/updated_after'])
  expect(pointersOf(eventsQuery, { updated_after })).toEqual(['/updated_after'])
})

/** Each character that Step Functions refuses in a name. */
const REFUSED = [...' \t\n\r<>{}[]?*"#%\\^|~`$&,;:/\u0000\u001f\u007f\u0085\u009f\ufffe\uffff', '\ud800']

test.each(['', 'x'.repeat(81), ...REFUSED.map((character) => `a${character}b`)])(
  '%j is no id of a job',
  (id) => {
    expect(pointersOf(jobId, id)).toEqual([''])
  },
)

test.each(['.', '..', '-', 'v1.2', 'order(7)', "it's", 'a+b=c@d!', 'ä', '注文', '🙂', 'x'.repeat(80)])(
  '%j is an id: Step Functions admits it as a name',
  (id) => {
    expect(pointersOf(jobId, id)).toEqual([])
  },
)

test.each([
  ['job_template_fq_name', { input: {} }],
  ['input', { job_template_fq_name: 'demo' }],
])('a missing %s is named', (name, body) => {
  expect(() => parse(executeJobBody, body, 'the body')).toThrow(`/${name} is missing`)
})

test('an Idempotency-Key is visible ASCII', () => {
  expect(pointersOf(idempotencyKey, 'key-1')).toEqual([])
  expect(pointersOf(idempotencyKey, 'a\nb')).toEqual([''])
})

test('the message names what, where and why', () => {
  expect(() => parse(abortJobBody, { input, x: 1 }, 'the body')).toThrow(
    'the body is not valid: /x is not a known property',
  )
  expect(() => parse(jobId, '*', 'the id')).toThrow('the id is not valid: / must be 1 to 80 characters')
})

test('a JSON pointer escapes as RFC 6901 says', () => {
  expect(pointerOf(['a/b', '~', 0])).toBe('/a~1b/~0/0')
  expect(pointerOf([])).toBe('')
})
