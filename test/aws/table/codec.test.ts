import { expect, test } from 'vitest'
import { decode, encode } from '#aws/table/codec.ts'
import { jobKey, stepKey } from '#aws/table/keys.ts'
import type { Job } from '#core/job/job.ts'
import { nextJob } from '#core/job/reducer.ts'
import { nextStep } from '#core/step/reducer.ts'
import type { Step } from '#core/step/step.ts'
import { claim, create } from '#test/core/samples.ts'

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
