import { expect, test } from 'vitest'
import { encode, ItemTooLargeError, refuseLarge } from '#aws/table/codec.ts'
import { type Item, keyOf } from '#aws/table/keys.ts'
import { outcomeOf } from '#core/clean-up/left-behind.ts'
import type { AbortRequest, Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { faultOf } from '#engine/steps/signals.ts'
import { ended, JOBS, NOW, stepIn } from '#test/core/samples.ts'

const KIB = 1024
const LONGEST = '世'.repeat(1024)
const by = { reason: LONGEST, requested_by: 'a'.repeat(2048), requested_at: NOW }
const abort_request: AbortRequest = {
  ...{ mode: 'force', ...by, force_at: NOW, rollback: true },
  escalations: [{ mode: 'force', rollback: true, force_at: NOW, ...by }],
}
const fault = faultOf(new Error('世'.repeat(10_000)), { name: 'copy' })
const written = (value: Job | Step): Item => {
  const key = keyOf(value)
  refuseLarge(key, value)
  return encode(key, value)
}
const text = (bytes: number): string => 'x'.repeat(bytes)

test('a step whose data may be written can still be fenced, fail in its clean-up and be told', () => {
  const most = stepIn('ONGOING', { checkpoint: text(39 * KIB) })
  expect(() => written(most)).not.toThrow()
  expect(() => written({ ...most, state: 'FAILED', abort_request, fault })).not.toThrow()
})

test.each<[string, Partial<Step>]>([
  ['a checkpoint', { checkpoint: text(41 * KIB) }],
  ['a result', { result: text(41 * KIB) }],
  ['both together', { checkpoint: text(21 * KIB), result: text(21 * KIB) }],
  ['a progress', { progress: { done: 1, total: 2, unit: text(41 * KIB) } }],
])('%s that would leave no room for that is refused when it comes', (_what, data) => {
  expect(() => written(stepIn('ONGOING', data))).toThrow(ItemTooLargeError)
})

test('a job with the largest input can still be aborted, closed and settled with all that can be told', () => {
  const cause = '世'.repeat(2048)
  const job = { ...JOBS['CANCELLING, graceful'], input: text(32 * KIB), abort_request } as Job
  const steps = Array.from({ length: 500 }, (_, index) =>
    stepIn('FAILED', { index, fault, cleaned_up: false }),
  )
  const closed = { at: NOW, end: { ...ended('ABORTED'), error: text(256), cause } }
  const settled = { ...job, closed, state: 'FAILED', ended_at: NOW, ...outcomeOf(job, steps) } as Job
  expect(() => written(settled)).not.toThrow()
})

test('a fault of any text can be stored', () => {
  expect(fault.exception_message).toHaveLength(2000)
  const odd = faultOf(Object.assign(new Error(`${'x'.repeat(1999)}🙂`), { name: 'E\u001b' }), {
    name: 'copy',
  })
  expect(odd.exception_message.isWellFormed()).toBe(true)
  expect(odd.exception).toBe('E ')
})
