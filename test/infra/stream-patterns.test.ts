import type { Template } from 'aws-cdk-lib/assertions'
import { compilePattern } from 'standdown-local/pattern'
import { beforeAll, describe, expect, test } from 'vitest'
import { encode } from '#aws/table/codec.ts'
import { keyOf } from '#aws/table/keys.ts'
import type { Job } from '#core/job/job.ts'
import { notificationsOf } from '#core/notifications/envelope.ts'
import { messagesOf } from '#core/notifications/noun.ts'
import { STATES, type State } from '#core/states.ts'
import type { Step } from '#core/step/step.ts'
import { streamPatterns } from '#infra/constructs/stream-patterns.ts'
import { JOBS, STEPS } from '#test/core/samples.ts'
import { ACTION_PLANS } from '../core/notifications/action-plans.ts'
import { JOB_WRITES, STEP_WRITES } from '../core/notifications/writes.ts'
import { synthesize } from './synth.ts'

let patterns: unknown[]
beforeAll(async () => {
  patterns = patternsIn(await synthesize({ nag: false }))
})

function patternsIn(template: Template): unknown[] {
  const [mapping] = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'))
  const filters: { Pattern: string }[] = mapping?.Properties.FilterCriteria.Filters
  return filters.map(({ Pattern }) => JSON.parse(Pattern))
}

const id = (text: string): string => text

/** Whether a change that leaves `after` in the table comes through. */
function passes(after: Job | Step, filters: unknown[] = patterns): boolean {
  const key = keyOf(after)
  const Keys = { pk: { S: key.pk }, sk: { S: key.sk } }
  return comesThrough({ dynamodb: { Keys, NewImage: encode(key, after) } }, filters)
}

const comesThrough = (record: unknown, filters: unknown[]): boolean =>
  filters.some((pattern) => compilePattern(pattern)(record))

const passesState = (sk: string, state: State): boolean =>
  comesThrough({ dynamodb: { Keys: { sk: { S: sk } }, NewImage: { state: { S: state } } } }, patterns)

describe("the filter of the table's stream", () => {
  test('lets every write through that means a notification', () => {
    const notified = [...JOB_WRITES, ...STEP_WRITES].filter(
      ({ before, after }) => notificationsOf<Job | Step>(before, after, id).length > 0,
    )
    expect(notified.length).toBeGreaterThan(30)
    expect(notified.filter(({ after }) => !passes(after))).toEqual([])
  })

  const pairs = STATES.flatMap((from) => STATES.map((to) => [from, to] as const))
  test.each(pairs)('lets every change through that means a notification, from %s to %s', (from, to) => {
    for (const item of [JOBS.PENDING!, STEPS['ONGOING, live']!]) {
      const [before, after] = [{ ...item, state: from } as Job | Step, { ...item, state: to } as Job | Step]
      const count = notificationsOf(before, after, id).length
      if (count > 0) expect(passes(after)).toBe(true)
    }
  })

  test.each([
    ['JOB', ['ONGOING', 'CANCELLING', 'CANCELLED', 'SUCCEEDED', 'FAILED']],
    ['STEP#00001#copy', ['CANCELLING', 'CANCELLED', 'FAILED']],
    ['NOTIFICATION#2026', []],
  ])('lets %s through in the states %s: no new job, no claim, no result, no notification', (sk, states) => {
    expect(STATES.filter((state) => passesState(sk, state))).toEqual(states)
  })

  test('follows the rules: what a noun of its own notifies without a change of state comes through', () => {
    const own = streamPatterns([ACTION_PLANS])
    for (const { before, after } of JOB_WRITES) {
      const count = messagesOf(ACTION_PLANS, { before, after }, id).length
      if (count > 0) expect(passes(after, own)).toBe(true)
    }
    expect(passes(JOBS['FAILED, of a clean-up']!, own)).toBe(true)
    expect(passes(JOBS.ONGOING!, own)).toBe(false)
  })
})
