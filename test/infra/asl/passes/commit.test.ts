import { describe } from 'vitest'
import { addCommit } from '#infra/asl/passes/add-commit.ts'
import { describeTemplate } from '#infra/asl/passes/describe-template.ts'
import { leadToCommit } from '#infra/asl/passes/lead-to-commit.ts'
import { step, testPass } from './pass-rows.ts'

const COMMIT = {
  Type: 'Task',
  Resource: 'arn:commit',
  Parameters: { standdown: {} },
  ResultPath: null,
  Retry: [
    { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 60 },
  ],
  Catch: [],
  End: true,
}

describe('addCommit', () => {
  testPass(addCommit, [
    {
      title: 'adds a task that repeats whatever happens and answers nothing',
      given: { StartAt: 'write', States: { write: step('write', { End: true }) } },
      expected: {
        StartAt: 'write',
        States: { write: step('write', { End: true }), 'Standdown commit': COMMIT },
      },
    },
  ])
})

describe('leadToCommit', () => {
  testPass(leadToCommit, [
    {
      title: 'leads each good end of the machine to it; a Fail stays one, and so does the end of a branch',
      given: {
        StartAt: 'How?',
        States: {
          'How?': {
            Type: 'Choice',
            Choices: [{ Next: 'Both' }, { Next: 'Nothing to do' }],
            Default: 'Failed',
          },
          Both: {
            Type: 'Parallel',
            Branches: [{ StartAt: 'left', States: { left: step('left', { End: true }) } }],
            End: true,
          },
          'Nothing to do': { Type: 'Succeed', OutputPath: '$.found' },
          Failed: { Type: 'Fail' },
          'Standdown commit': COMMIT,
        },
      },
      expected: {
        StartAt: 'How?',
        States: {
          'How?': {
            Type: 'Choice',
            Choices: [{ Next: 'Both' }, { Next: 'Nothing to do' }],
            Default: 'Failed',
          },
          Both: {
            Type: 'Parallel',
            Branches: [{ StartAt: 'left', States: { left: step('left', { End: true }) } }],
            Next: 'Standdown commit',
          },
          'Nothing to do': { Type: 'Pass', OutputPath: '$.found', Next: 'Standdown commit' },
          Failed: { Type: 'Fail' },
          'Standdown commit': COMMIT,
        },
      },
    },
  ])
})

describe('describeTemplate', () => {
  testPass(describeTemplate, [
    {
      title: 'writes what no state shows of the template',
      given: { StartAt: 'write', States: { write: step('write', { End: true }) } },
      expected: {
        StartAt: 'write',
        States: { write: step('write', { End: true }) },
        Comment: '{"standdown":{"name":"report","description":"Writes the report","input_schema":null}}',
      },
    },
  ])
})
