import { Duration } from 'aws-cdk-lib'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { type ChainRow, definition, parking, step, TO_COMMIT, TRANSIENT_RETRY } from './expected.ts'

/** Chains without a Map. */
export const chains: ChainRow[] = [
  {
    title: 'a sequence gets one state more than it has, and the places to park',
    chain: ({ step }) => step('first', { resultPath: '$.first' }).next(step('second')),
    expected: definition('first', {
      first: step('first', 1, { state: { ResultPath: '$.first', Next: 'second' } }),
      second: step('second', 2, { state: TO_COMMIT }),
    }),
  },
  {
    title:
      'branches of a Parallel start with the same order, park apart, and what follows comes after the longest',
    chain: ({ stack, step }) =>
      new sfn.Parallel(stack, 'Both')
        .branch(step('left'))
        .branch(step('right-1').next(step('right-2')))
        .next(step('last')),
    expected: definition('Both', {
      Both: {
        Type: 'Parallel',
        Next: 'last',
        Branches: [
          {
            StartAt: 'left',
            States: {
              left: step('left', 1, {
                mark: { concurrency: 2 },
                parking: 'Standdown parked 2',
                state: { End: true },
              }),
              ...parking('Standdown parked 2'),
            },
          },
          {
            StartAt: 'right-1',
            States: {
              'right-1': step('right-1', 1, {
                mark: { concurrency: 2 },
                parking: 'Standdown parked 3',
                state: { Next: 'right-2' },
              }),
              'right-2': step('right-2', 2, {
                mark: { concurrency: 2 },
                parking: 'Standdown parked 3',
                state: { End: true },
              }),
              ...parking('Standdown parked 3'),
            },
          },
        ],
      },
      last: step('last', 3, { state: TO_COMMIT }),
    }),
  },
  {
    title: 'every way through a Choice ends in the commit, and what follows comes after the longer one',
    chain: ({ stack, step }) => {
      const last = step('last')
      const long = step('long-1').next(step('long-2')).next(last)
      const done = new sfn.Succeed(stack, 'Nothing to do', { outputPath: '$.found' })
      return new sfn.Choice(stack, 'How?')
        .when(sfn.Condition.isPresent('$.long'), long)
        .when(sfn.Condition.isPresent('$.short'), last)
        .otherwise(done)
    },
    expected: definition('How?', {
      'How?': {
        Type: 'Choice',
        Choices: [
          { Variable: '$.long', IsPresent: true, Next: 'long-1' },
          { Variable: '$.short', IsPresent: true, Next: 'last' },
        ],
        Default: 'Nothing to do',
      },
      'long-1': step('long-1', 1, { state: { Next: 'long-2' } }),
      'long-2': step('long-2', 2, { state: { Next: 'last' } }),
      last: step('last', 3, { state: TO_COMMIT }),
      'Nothing to do': { Type: 'Pass', OutputPath: '$.found', ...TO_COMMIT },
    }),
  },
  {
    title: 'a Wait counts for nothing in the order, and a Wait at the end leads to the commit',
    chain: ({ stack, step }) => {
      const wait = (id: string) => new sfn.Wait(stack, id, { time: sfn.WaitTime.duration(Duration.hours(1)) })
      return step('first').next(wait('Pause')).next(step('second')).next(wait('Settle down'))
    },
    expected: definition('first', {
      first: step('first', 1, { state: { Next: 'Pause' } }),
      Pause: { Type: 'Wait', Seconds: 3600, Next: 'second' },
      second: step('second', 2, { state: { Next: 'Settle down' } }),
      'Settle down': { Type: 'Wait', Seconds: 3600, ...TO_COMMIT },
    }),
  },
  {
    title: 'steps of a loop tell their visits apart by the time of entry, others do not',
    chain: ({ stack, step }) => {
      const poll = step('poll')
      const again = new sfn.Choice(stack, 'Again?')
      const wait = new sfn.Wait(stack, 'Pause', { time: sfn.WaitTime.secondsPath('$.pause') })
      again.when(sfn.Condition.isPresent('$.pause'), wait.next(poll)).otherwise(step('last'))
      return step('first').next(poll).next(again)
    },
    expected: definition('first', {
      first: step('first', 1, { state: { Next: 'poll' } }),
      poll: step('poll', 2, {
        mark: { 'visit.$': '$$.State.EnteredTime', loop_order: 2 },
        state: { Next: 'Again?' },
      }),
      'Again?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.pause', IsPresent: true, Next: 'Pause' }],
        Default: 'last',
      },
      Pause: { Type: 'Wait', SecondsPath: '$.pause', Next: 'poll' },
      last: step('last', 3, { state: TO_COMMIT }),
    }),
  },
  {
    title: "an author's Catch and Retry of everything come after ours, so that they cannot swallow an abort",
    chain: ({ stack, step }) =>
      step('risky')
        .addRetry({ errors: ['Flaky'], maxAttempts: 2 })
        .addRetry({ errors: ['States.ALL'], maxAttempts: 1 })
        .addCatch(new sfn.Fail(stack, 'Given up', { error: 'GivenUp' }), { resultPath: '$.error' })
        .next(step('calm').addRetry({ errors: ['Flaky'], maxAttempts: 2 })),
    expected: definition('risky', {
      risky: step('risky', 1, {
        authorsRetry: [
          { ErrorEquals: ['Flaky'], MaxAttempts: 2 },
          { ErrorEquals: ['States.ALL'], MaxAttempts: 1 },
        ],
        authorsCatch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Given up' }],
        state: { Next: 'calm' },
      }),
      calm: step('calm', 2, {
        authorsRetry: [{ ErrorEquals: ['Flaky'], MaxAttempts: 2 }, TRANSIENT_RETRY],
        state: TO_COMMIT,
      }),
      'Given up': { Type: 'Fail', Error: 'GivenUp' },
    }),
  },
  {
    title: 'a branch without steps stays as it is',
    chain: ({ stack, step }) =>
      new sfn.Parallel(stack, 'Both')
        .branch(step('work'))
        .branch(new sfn.Pass(stack, 'Nothing', { comment: 'as it is' })),
    expected: definition('Both', {
      Both: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'work',
            States: {
              work: step('work', 1, { parking: 'Standdown parked 2', state: { End: true } }),
              ...parking('Standdown parked 2'),
            },
          },
          { StartAt: 'Nothing', States: { Nothing: { Type: 'Pass', Comment: 'as it is', End: true } } },
        ],
        ...TO_COMMIT,
      },
    }),
  },
]
