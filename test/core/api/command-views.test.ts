import { expect, test } from 'vitest'
import { abortJobAnswer, cleanUpAnswer, executeJobAnswer } from '#core/api/answers.ts'
import { viewAbortedJob, viewCleanUp, viewStartedJob } from '#core/api/command-views.ts'
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
    }),
  )
})

test('a repeated clean-up is answered with what is still left, and who asked for it', () => {
  const run = { run: 2, requested_by: 'someone', requested_at: NOW, ended_at: null }
  const job = { ...JOBS.FAILED!, left_behind: ['copy: it broke'] }
  const answer = viewCleanUp(shuffled(job), shuffled(run))
  expect(JSON.stringify(answer)).toBe(JSON.stringify(cleanUpAnswer.parse(answer)))
  expect(answer).toEqual({
    job_execution_id: 'j',
    state: 'FAILED',
    left_behind: ['copy: it broke'],
    clean_up: run,
  })
})
