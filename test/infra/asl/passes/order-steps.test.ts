import { orderSteps } from '#infra/asl/passes/order-steps.ts'
import { plain, step, testPass } from './pass-rows.ts'

testPass(orderSteps, [
  {
    title: 'steps are numbered along the chain, other states count for nothing',
    given: {
      StartAt: 'first',
      States: {
        first: step('first', { Next: 'Call' }),
        Call: plain({ Next: 'Pause' }),
        Pause: { Type: 'Wait', Seconds: 1, Next: 'second' },
        second: step('second', { End: true }),
      },
    },
    expected: {
      StartAt: 'first',
      States: {
        first: step('first', { Next: 'Call' }, { order: 1 }),
        Call: plain({ Next: 'Pause' }),
        Pause: { Type: 'Wait', Seconds: 1, Next: 'second' },
        second: step('second', { End: true }, { order: 2 }),
      },
    },
  },
  {
    title: 'branches start with the same order, and what follows comes after the longest',
    given: {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'left', States: { left: step('left', { End: true }) } },
            {
              StartAt: 'right-1',
              States: {
                'right-1': step('right-1', { Next: 'right-2' }),
                'right-2': step('right-2', { End: true }),
              },
            },
          ],
          Next: 'last',
        },
        last: step('last', { End: true }),
      },
    },
    expected: {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'left', States: { left: step('left', { End: true }, { order: 1 }) } },
            {
              StartAt: 'right-1',
              States: {
                'right-1': step('right-1', { Next: 'right-2' }, { order: 1 }),
                'right-2': step('right-2', { End: true }, { order: 2 }),
              },
            },
          ],
          Next: 'last',
        },
        last: step('last', { End: true }, { order: 3 }),
      },
    },
  },
  {
    title: 'a step that several ways lead to comes after the longest, also of those through a Catch',
    given: {
      StartAt: 'risky',
      States: {
        risky: step('risky', {
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'repair' }],
          Next: 'last',
        }),
        repair: step('repair', { Next: 'last' }),
        last: step('last', { End: true }),
      },
    },
    expected: {
      StartAt: 'risky',
      States: {
        risky: step(
          'risky',
          { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'repair' }], Next: 'last' },
          { order: 1 },
        ),
        repair: step('repair', { Next: 'last' }, { order: 2 }),
        last: step('last', { End: true }, { order: 3 }),
      },
    },
  },
  {
    title: 'what a loop is left for comes after all of it, also when it is left in its middle',
    given: {
      StartAt: 'ask',
      States: {
        ask: step('ask', { Next: 'Done?' }),
        'Done?': { Type: 'Choice', Choices: [{ Next: 'report' }], Default: 'work' },
        work: step('work', { Next: 'rest' }),
        rest: step('rest', { Next: 'ask' }),
        report: step('report', { End: true }),
      },
    },
    expected: {
      StartAt: 'ask',
      States: {
        ask: step('ask', { Next: 'Done?' }, { order: 1 }),
        'Done?': { Type: 'Choice', Choices: [{ Next: 'report' }], Default: 'work' },
        work: step('work', { Next: 'rest' }, { order: 2 }),
        rest: step('rest', { Next: 'ask' }, { order: 3 }),
        report: step('report', { End: true }, { order: 4 }),
      },
    },
  },
  {
    title: 'a transition back into a loop makes no step later',
    given: {
      StartAt: 'poll',
      States: {
        poll: step('poll', { Next: 'Again?' }),
        'Again?': { Type: 'Choice', Choices: [{ Next: 'poll' }], Default: 'last' },
        last: step('last', { End: true }),
      },
    },
    expected: {
      StartAt: 'poll',
      States: {
        poll: step('poll', { Next: 'Again?' }, { order: 1 }),
        'Again?': { Type: 'Choice', Choices: [{ Next: 'poll' }], Default: 'last' },
        last: step('last', { End: true }, { order: 2 }),
      },
    },
  },
])
