import { expect, test } from 'vitest'
import { abortJobAnswer, executeJobAnswer } from '#core/api/answers.ts'
import { viewAbortedJob, viewStartedJob } from '#core/api/command-views.ts'
import { JOBS, NOW } from '../samples.ts'
import { shuffled } from '../shuffled.ts'

test.each(Object.keys(JOBS))(
  'an abort of a job that is %s is answered as the schema says, in its order',
  (state) => {
    const answer = viewAbortedJob(shuffled(JOBS[state]!))
    expect(JSON.stringify(answer)).toBe(JSON.stringify(abortJobAnswer.parse(answer)))
  },
)

test.each(Object.keys(JOBS))('the start of a job that is %s is answered as the schema says', (state) => {
  const answer = viewStartedJob(shuffled(JOBS[state]!))
  expect(JSON.stringify(answer)).toBe(JSON.stringify(executeJobAnswer.parse(answer)))
})

test('an abort is answered with who asked for it, how and when', () => {
  const answer = viewAbortedJob(shuffled(JOBS['CANCELLING, force']!))
  expect(JSON.stringify(answer)).toBe(
    JSON.stringify({
      job_execution_id: 'j',
      state: 'CANCELLING',
      abort_request: {
        mode: 'force',
        reason: null,
        requested_by: 'someone',
        requested_at: NOW,
        force_at: null,
        rollback: false,
        escalations: [],
      },
      not_taken: [],
    }),
  )
})

test('what of an abort came too late is answered with why', () => {
  const notTaken = [{ option: 'rollback' as const, reason: 'the clean-up has begun without it' }]
  const answer = viewAbortedJob(JOBS['CANCELLING, force, closed']!, shuffled(notTaken))
  expect(abortJobAnswer.parse(answer).not_taken).toEqual(notTaken)
})
