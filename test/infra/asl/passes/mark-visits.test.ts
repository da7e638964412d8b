import type { ScopeJson, StateJson } from '#infra/asl/definition.ts'
import { markVisits } from '#infra/asl/passes/mark-visits.ts'
import { step, testPass } from './pass-rows.ts'

const visit = (loop_order: number) => ({ 'visit.$': '$$.State.EnteredTime', loop_order })

type Marks = Record<string, Record<string, unknown>>

/** A step of this order, with what the pass adds. */
const at = (order: number, name: string, state: Partial<StateJson>, marks: Marks) =>
  step(name, state, { order, ...marks[name] })

/** first -> (Both -> poll -> Both)* -> last */
const loop = (marks: Marks): ScopeJson => ({
  StartAt: 'first',
  States: {
    first: at(1, 'first', { Next: 'Both' }, marks),
    Both: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'inner', States: { inner: at(2, 'inner', { End: true }, marks) } }],
      Next: 'poll',
    },
    poll: at(3, 'poll', { Next: 'Again?' }, marks),
    'Again?': { Type: 'Choice', Choices: [{ Next: 'Both' }], Default: 'last' },
    last: at(4, 'last', { End: true }, marks),
  },
})

const nested = (marks: Marks): ScopeJson => ({
  StartAt: 'outer',
  States: {
    outer: at(1, 'outer', { Next: 'inner' }, marks),
    inner: at(2, 'inner', { Next: 'Again?' }, marks),
    'Again?': { Type: 'Choice', Choices: [{ Next: 'inner' }, { Next: 'outer' }], Default: 'last' },
    last: at(3, 'last', { End: true }, marks),
  },
})

const mapped = (marks: Marks): ScopeJson => ({
  StartAt: 'first',
  States: {
    first: at(1, 'first', { Next: 'Each' }, marks),
    Each: {
      Type: 'Map',
      ItemProcessor: {
        StartAt: 'again',
        States: {
          again: at(2, 'again', { Next: 'Again?' }, marks),
          'Again?': { Type: 'Choice', Choices: [{ Next: 'again' }], Default: 'after' },
          after: at(3, 'after', { End: true }, marks),
        },
      },
      End: true,
    },
  },
})

const numbered = mapped({ again: { 'index.$': '$.action.index' }, after: {} })

testPass(markVisits, [
  {
    title: 'a step whose data number its rounds is told apart by them already',
    given: numbered,
    expected: numbered,
  },
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
    title: 'steps of a loop, also those in its branches, tell their visits apart and share its highest order',
    given: loop({}),
    expected: loop({ inner: visit(3), poll: visit(3) }),
  },
  {
    title: 'a loop in a loop belongs to the outer one, whose rounds are undone one by one',
    given: nested({}),
    expected: nested({ outer: visit(2), inner: visit(2) }),
  },
  {
    title: 'a loop within the items of a Map has an order of its own',
    given: mapped({}),
    expected: mapped({ again: visit(2) }),
  },
])
