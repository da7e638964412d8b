import { expect, test } from 'vitest'
import { decode, encode } from '#aws/table/codec.ts'
import { type Item, keyOf } from '#aws/table/keys.ts'
import { jobView } from '#core/api/answers.ts'
import { viewJob } from '#core/api/job-view.ts'
import { outcomeOf } from '#core/clean-up/left-behind.ts'
import type { AbortRequest, Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { INLINE_BYTES, type JsonValue, MAX_PROGRESS_BYTES } from '#core/value.ts'
import { faultOf } from '#engine/steps/signals.ts'
import { ended, inline, JOBS, NOW, stepIn } from '#test/core/samples.ts'

/** What one read unit reads. */
const READ_UNIT = 4096
const ARN = `arn:aws-us-gov:states:us-gov-west-1:123456789012:execution:${'m'.repeat(64)}:${'j'.repeat(80)}`
const LONGEST = '世'.repeat(1024)
const by = { reason: LONGEST, requested_by: 'a'.repeat(2048), requested_at: NOW }
const escalation = { mode: 'force' as const, rollback: true, force_at: NOW, ...by }
const abort_request: AbortRequest = {
  ...{ mode: 'force', ...by, force_at: NOW, rollback: true },
  escalations: Array.from({ length: 30 }, () => escalation),
}
const fault = faultOf(new Error('世'.repeat(10_000)), { name: 'copy' })
const text = (bytes: number): JsonValue => inline('x'.repeat(bytes - 2))
const ref = (owner: string): JsonValue => ({
  place: `${owner}#result`,
  write: 1e6,
  bytes: 1e5,
  expires_at: 2e9,
})
const OWNER = '0f3c1c52-1111-4222-8333-444455556666'

const CALL = `${'j'.repeat(65)}-9999-999-again`

/** As DynamoDB counts: the names and the values of the attributes, and a little for each map and list. */
function sizeOf(item: Item): number {
  const sized = (value: unknown): number => {
    const [[type, part]] = Object.entries(value as object) as [[string, unknown]]
    if (type === 'S') return Buffer.byteLength(part as string)
    if (type === 'N') return Math.ceil((part as string).length / 2) + 1
    if (type === 'L') return (part as unknown[]).reduce((sum: number, each) => sum + 1 + sized(each), 3)
    if (type === 'M') return 3 + sizeOf(part as Item) + Object.keys(part as object).length
    return 1
  }
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sized(value), 0)
}

const written = (record: Job | Step): Item => ({
  ...encode(keyOf(record), record, 2_000_000_000),
  write_id: { S: OWNER },
})

/** All that can be told of a step at once, its names as long as they may be. */
const fullStep = (values: Partial<Step>): Step =>
  stepIn('FAILED', {
    ...{ job_execution_id: 'j'.repeat(80), name: 'n'.repeat(80), template: 't'.repeat(64), index: 9_999_999 },
    ...{ visit: NOW, irreversible: LONGEST, rank: 1e6, loop_order: 12, execution_arn: ARN },
    ...{ function_arn: `arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:${'f'.repeat(64)}:1234` },
    ...{ execution_started_at: NOW, owner: OWNER, lease_until: NOW, dead_by: NOW, checkpoint_at: NOW },
    ...{ started_at: NOW, ended_at: NOW, hooks: ['abort', 'revert'], abort_request, fault },
    ...{ clean_up: { hook: 'abort', call: CALL, fault, again: true, run: 9999 } },
    ...{ progress: { done: 1e15, total: 1e15, unit: 'u'.repeat(MAX_PROGRESS_BYTES - 60) } },
    ...values,
  })

test.each<[string, Partial<Step>]>([
  ['no values', {}],
  ['as much in it as a step keeps', { checkpoint: text(INLINE_BYTES / 2), result: text(INLINE_BYTES / 2) }],
  ['its values beside it', { checkpoint: ref(OWNER), result: ref(OWNER) }],
])('a step with %s, and all that can be told of it, is read with one unit', (_what, values) => {
  const item = written(fullStep(values))
  expect(sizeOf(item)).toBeLessThan(READ_UNIT)
  const read = decode<Step>(item)
  expect([read.checkpoint, read.result]).toEqual([values.checkpoint ?? null, values.result ?? null])
  expect(read.abort_request).toMatchObject({
    mode: 'force',
    requested_at: NOW,
    force_at: NOW,
    rollback: true,
  })
  expect(read.clean_up).toMatchObject({ hook: 'abort', call: CALL })
})

const fullJob = (input: JsonValue): Job => {
  const cause = '世'.repeat(2048)
  const names = { job_execution_id: 'j'.repeat(80), template: 't'.repeat(64), tenant_id: 'x'.repeat(64) }
  const starts = { execution_arn: ARN, execution_started_at: NOW, created_by: by.requested_by }
  const job = { ...JOBS['CANCELLING, graceful'], ...names, ...starts, input, abort_request } as Job
  const irreversible = '世'.repeat(200)
  const steps = Array.from({ length: 500 }, (_, index) => {
    const clean_up = { hook: 'abort' as const, call: 'c', fault, again: false }
    return stepIn('FAILED', { index, name: 'n'.repeat(80), fault, clean_up, cleaned_up: false, irreversible })
  })
  const closed = { at: NOW, end: { ...ended('ABORTED'), error: 'E'.repeat(256), cause } }
  const clean_up = { run: 12, requested_by: by.requested_by, requested_at: NOW, ended_at: NOW }
  return { ...job, closed, state: 'FAILED', ended_at: NOW, ...outcomeOf(job, steps), clean_up } as Job
}

test.each<[string, JsonValue]>([
  ['the largest input that it keeps itself', text(INLINE_BYTES)],
  ['an input beside it', ref('INPUT')],
])('a job with %s, settled with all that can be told, is read with one unit', (_what, input) => {
  const item = written(fullJob(input))
  expect(sizeOf(item)).toBeLessThan(READ_UNIT)
  const read = decode<Job>(item)
  expect(read.input).toEqual(input)
  expect(read.left_behind[0]).toMatch(/^n+/)
  expect(() => jobView.parse(viewJob(read, { steps: [], template: null, now: NOW }))).not.toThrow()
})

test('what is cut says so, and stays whole in Unicode', () => {
  const reason = decode<Job>(written(fullJob(text(INLINE_BYTES)))).abort_request?.reason
  expect(reason).toMatch(/^世+…$/)
})

test('of many escalations the first and the last are kept', () => {
  const reasons = Array.from({ length: 30 }, (_, i) => ({
    ...escalation,
    reason: `${i}`,
    requested_by: 'me',
  }))
  const job = {
    ...fullJob(text(INLINE_BYTES)),
    abort_request: { ...abort_request, escalations: reasons },
  } as Job
  const kept = decode<Job>(written(job)).abort_request!.escalations.map(({ reason }) => reason)
  expect([kept[0], kept.at(-1)]).toEqual(['0', '29'])
})

test('where there is room nothing is cut', () => {
  const reason = 'r'.repeat(1024)
  const job = { ...JOBS['CANCELLING, graceful'], input: text(500) } as Job
  const asked = { ...job, abort_request: { ...job.abort_request!, reason } } as Job
  expect(decode(written(asked))).toEqual(asked)
  const failed = stepIn('FAILED', { fault: { ...fault, exception_message: 'm'.repeat(1500) } })
  expect(decode(written(failed))).toEqual(failed)
})

test('the same record is always cut in the same way, however often it was read', () => {
  for (const record of [fullJob(text(INLINE_BYTES)), fullStep({ checkpoint: text(1000) })]) {
    const item = written(record)
    expect(written(decode(item))).toEqual(item)
  }
})

test('a fault of any text can be stored', () => {
  expect(fault.exception_message).toHaveLength(2000)
  const odd = faultOf(Object.assign(new Error(`${'x'.repeat(1999)}🙂`), { name: 'E\u001b' }), {
    name: 'copy',
  })
  expect(odd.exception_message.isWellFormed()).toBe(true)
  expect(odd.exception).toBe('E ')
})
