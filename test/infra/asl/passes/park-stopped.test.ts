import { parkStopped } from '#infra/asl/passes/park-stopped.ts'
import { parking as parkingOf } from '../expected.ts'
import { plain, step, testPass } from './pass-rows.ts'

const parking = (name: string) => parkingOf(name, { template: 'report', commitArn: 'arn:commit' })
const to = (Next: string) => ({ ErrorEquals: ['JobAborted', 'StepFenced'], ResultPath: null, Next })

testPass(parkStopped, [
  {
    title: "a stopped step waits in its scope, before the author's Catch of everything sees its error",
    given: {
      StartAt: 'risky',
      States: {
        risky: step('risky', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }], End: true }),
        Failed: { Type: 'Fail' },
      },
    },
    expected: {
      StartAt: 'risky',
      States: {
        risky: step('risky', {
          Catch: [to('Standdown parked'), { ErrorEquals: ['States.ALL'], Next: 'Failed' }],
          End: true,
        }),
        Failed: { Type: 'Fail' },
        ...parking('Standdown parked'),
      },
    },
  },
  {
    title: 'each scope with steps gets one, numbered in the order of the definition; one without gets none',
    given: {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'Each',
              States: {
                Each: {
                  Type: 'Map',
                  ItemProcessor: { StartAt: 'child', States: { child: step('child', { End: true }) } },
                  End: true,
                },
              },
            },
            { StartAt: 'Call', States: { Call: plain({ End: true }) } },
            { StartAt: 'left', States: { left: step('left', { End: true }) } },
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
            {
              StartAt: 'Each',
              States: {
                Each: {
                  Type: 'Map',
                  ItemProcessor: {
                    StartAt: 'child',
                    States: {
                      child: step('child', { Catch: [to('Standdown parked 2')], End: true }),
                      ...parking('Standdown parked 2'),
                    },
                  },
                  End: true,
                },
              },
            },
            { StartAt: 'Call', States: { Call: plain({ End: true }) } },
            {
              StartAt: 'left',
              States: {
                left: step('left', { Catch: [to('Standdown parked 3')], End: true }),
                ...parking('Standdown parked 3'),
              },
            },
          ],
          Next: 'last',
        },
        last: step('last', { Catch: [to('Standdown parked')], End: true }),
        ...parking('Standdown parked'),
      },
    },
  },
])
