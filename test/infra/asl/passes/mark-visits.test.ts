import { markVisits } from '#infra/asl/passes/mark-visits.ts'
import { step, testPass } from './pass-rows.ts'

const VISIT = { 'visit.$': '$$.State.EnteredTime' }

testPass(markVisits, [
  {
    title: 'a chain without a loop stays as it is',
    given: {
      StartAt: 'first',
      States: { first: step('first', { Next: 'second' }), second: step('second', { End: true }) },
    },
    expected: {
      StartAt: 'first',
      States: { first: step('first', { Next: 'second' }), second: step('second', { End: true }) },
    },
  },
  {
    title:
      'steps of a loop, also those in its branches, tell their visits apart; those before and after do not',
    given: {
      StartAt: 'first',
      States: {
        first: step('first', { Next: 'Both' }),
        Both: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'inner', States: { inner: step('inner', { End: true }) } }],
          Next: 'poll',
        },
        poll: step('poll', { Next: 'Again?' }),
        'Again?': { Type: 'Choice', Choices: [{ Next: 'Both' }], Default: 'last' },
        last: step('last', { End: true }),
      },
    },
    expected: {
      StartAt: 'first',
      States: {
        first: step('first', { Next: 'Both' }),
        Both: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'inner', States: { inner: step('inner', { End: true }, VISIT) } }],
          Next: 'poll',
        },
        poll: step('poll', { Next: 'Again?' }, VISIT),
        'Again?': { Type: 'Choice', Choices: [{ Next: 'Both' }], Default: 'last' },
        last: step('last', { End: true }),
      },
    },
  },
])
