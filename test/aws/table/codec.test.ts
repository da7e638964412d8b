import { expect, test } from 'vitest'
import { decode, encode } from '#aws/table/codec.ts'
import { jobKey, stepKey } from '#aws/table/keys.ts'
import type { Job } from '#core/job/job.ts'
import { nextJob } from '#core/job/reducer.ts'
import { nextStep } from '#core/step/reducer.ts'
import type { Step } from '#core/step/step.ts'

const at = '2026-01-31T09:00:00.000Z'
const key = { job_execution_id: 'j', name: 'copy', order: 1, index: null, visit: null }
const lease = { owner: 'o', epoch: 1, lease_until: at, dead_by: at }

const newJob = {
  ...{ job_execution_id: 'j', template: 't', tenant_id: 'default', execution_arn: 'arn', input: null },
  ...{ created_by: 'me', created_at: at },
}
const job = nextJob(undefined, { type: 'create', at, job: newJob }).item as Job
const step = nextStep(undefined, {
  ...{ type: 'claim' as const, at, lease },
  step: { ...key, template: 't', abortable: 'checkpoint' },
}).item as Step

test('a job and a step come back from their items as they were, nulls included', () => {
  expect(decode(encode(jobKey('j'), job))).toEqual(job)
  expect(decode(encode(stepKey(key), step))).toEqual(step)
})

test('what is null takes no attribute', () => {
  const attributes = Object.values({ ...encode(jobKey('j'), job), ...encode(stepKey(key), step) })
  expect(attributes.filter((attribute) => 'NULL' in attribute)).toEqual([])
})
