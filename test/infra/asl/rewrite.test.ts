import { expect, test } from 'vitest'
import type { Pass } from '#infra/asl/pass.ts'
import { expandStates } from '#infra/asl/rewrite.ts'
import { plain, step, testPass } from './passes/pass-rows.ts'

/** Calls a door-keeper before each plain task, and runs the task only where it says so. */
const askFirst: Pass = (definition) =>
  expandStates(definition, (state, { name }) => {
    if (state.Resource !== 'arn:plain') return { [name]: state }
    return {
      [name]: { Type: 'Task', Resource: 'arn:ask', ResultPath: '$.open', Next: `${name}, open?` },
      [`${name}, open?`]: {
        Type: 'Choice',
        Choices: [{ Variable: '$.open', BooleanEquals: true, Next: `${name}, go` }],
        Default: `${name}, closed`,
      },
      [`${name}, go`]: state,
      [`${name}, closed`]: { Type: 'Pass', End: true },
    }
  })

const asked = (name: string, way: { Next: string } | { End: true }) => ({
  [name]: { Type: 'Task', Resource: 'arn:ask', ResultPath: '$.open', Next: `${name}, open?` },
  [`${name}, open?`]: {
    Type: 'Choice',
    Choices: [{ Variable: '$.open', BooleanEquals: true, Next: `${name}, go` }],
    Default: `${name}, closed`,
  },
  [`${name}, go`]: plain(way),
  [`${name}, closed`]: { Type: 'Pass', ...way },
})

testPass(askFirst, [
  {
    title: 'a state becomes several: what led to it still does, and all of its ends go on where it went',
    given: {
      StartAt: 'Call',
      States: {
        Call: plain({ Next: 'write' }),
        write: step('write', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Call' }], End: true }),
      },
    },
    expected: {
      StartAt: 'Call',
      States: {
        ...asked('Call', { Next: 'write' }),
        write: step('write', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Call' }], End: true }),
      },
    },
  },
  {
    title: 'where the state ended, each of its ends is one: also in a branch and in a Map',
    given: {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Call', States: { Call: plain({ End: true }) } },
            {
              StartAt: 'Each',
              States: {
                Each: {
                  Type: 'Map',
                  ItemProcessor: { StartAt: 'Ring', States: { Ring: plain({ End: true }) } },
                  End: true,
                },
              },
            },
          ],
          End: true,
        },
      },
    },
    expected: {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Call', States: asked('Call', { End: true }) },
            {
              StartAt: 'Each',
              States: {
                Each: {
                  Type: 'Map',
                  ItemProcessor: { StartAt: 'Ring', States: asked('Ring', { End: true }) },
                  End: true,
                },
              },
            },
          ],
          End: true,
        },
      },
    },
  },
])

test('a pass sees the inside of a state already changed, and knows where the state stands', () => {
  const places: string[] = []
  const machine = {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        ItemProcessor: { StartAt: 'child', States: { child: step('child', { End: true }) } },
        End: true,
      },
    },
  }
  const passed = expandStates(machine, (state, { name, mapped }) => {
    const inner = Object.keys(state.ItemProcessor?.States ?? {}).join()
    places.push(`${name}: ${mapped ? 'mapped' : 'not mapped'}, ${inner || 'nothing'} inside`)
    return name === 'child'
      ? { child: { Type: 'Pass', Next: 'last' }, last: { Type: 'Pass', End: true } }
      : { [name]: state }
  })
  expect(places).toEqual(['child: mapped, nothing inside', 'Each: not mapped, child,last inside'])
  expect(passed.States.Each?.ItemProcessor?.States.last).toEqual({ Type: 'Pass', End: true })
})
