import { expect, test } from 'vitest'
import { decode, encode } from '#aws/table/codec.ts'
import { expiryOf, jobKey, stepKey, valueExpiry } from '#aws/table/keys.ts'
import type { Job } from '#core/job/job.ts'
import { nextJob } from '#core/job/reducer.ts'
import { nextStep } from '#core/step/reducer.ts'
import type { Step } from '#core/step/step.ts'
import type { JsonText, JsonValue } from '#core/value.ts'
import { claim, create, JOBS, NOW } from '#test/core/samples.ts'

const job = nextJob(undefined, create).item as Job
const step = nextStep(undefined, claim('o')).item as Step

test('a job and a step come back from their items as they were, nulls included', () => {
  expect(decode(encode(jobKey('j'), job))).toEqual(job)
  expect(decode(encode(stepKey(step), step))).toEqual(step)
})

test('what is null takes no attribute', () => {
  const attributes = Object.values({ ...encode(jobKey('j'), job), ...encode(stepKey(step), step) })
  expect(attributes.filter((attribute) => 'NULL' in attribute)).toEqual([])
})

const ref = (expires_at: number): JsonValue => ({ place: 'o#0', write: 7, bytes: 5000, expires_at })

test('where a value is comes back as it was, and a text as the very text that it was', () => {
  const text = '{ "n": 12345678901234567890 }' as JsonText
  for (const value of [ref(1), { text }]) {
    const kept = { ...step, checkpoint: value, result: value }
    expect(decode(encode(stepKey(step), kept))).toEqual(kept)
    expect(decode(encode(jobKey('j'), { ...job, input: value }))).toEqual({ ...job, input: value })
  }
})

test('a progress comes back as it was, whatever its numbers', () => {
  const progress = { done: 2 ** 60, total: 1e-200, unit: 'atoms' }
  expect(decode(encode(stepKey(step), { ...step, progress }))).toEqual({ ...step, progress })
})

test('no item outlives a value that it refers to', () => {
  const settled = { ...JOBS.FAILED, input: ref(1_000) } as Job
  const ended = { ...step, checkpoint: ref(3_000), result: ref(2_000) }
  expect([expiryOf(settled, 30), expiryOf(ended, 30)]).toEqual([1_000, 2_000])
  const inTime = Math.floor(Date.parse(NOW) / 1000)
  const usual = { ...ended, checkpoint: ref(valueExpiry(Date.parse(NOW), 30)), result: null }
  expect(expiryOf(usual, 30)).toBe(inTime + (366 + 30) * 86_400)
  expect(expiryOf({ ...JOBS.ONGOING, input: ref(1_000) } as Job, 30)).toBeUndefined()
})
