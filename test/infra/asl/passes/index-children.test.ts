import type { ScopeJson, StateJson } from '#infra/asl/definition.ts'
import { indexChildren } from '#infra/asl/passes/index-children.ts'
import { plain, step, testPass } from './pass-rows.ts'

const SELECTOR = { 'index.$': '$$.Map.Item.Index', 'item.$': '$$.Map.Item.Value' }
const NESTED = { ...SELECTOR, 'index.$': "States.Format('{}.{}', $.index, $$.Map.Item.Index)" }
const INDEX = { 'index.$': '$.index' }

const map = (ItemSelector: Record<string, unknown>, ItemProcessor: ScopeJson): StateJson => ({
  Type: 'Map',
  ItemSelector,
  ItemProcessor,
})

const numbered = (more: object): ScopeJson => ({
  StartAt: 'Each',
  States: {
    Each: map(SELECTOR, {
      StartAt: 'child',
      States: {
        child: step('child', { End: true, ...more }, { 'index.$': '$.action.index' }),
      },
    }),
  },
})

testPass(indexChildren, [
  {
    title: 'an index that the data give stays',
    given: numbered({}),
    expected: numbered({ ResultPath: '$.item' }),
  },
  {
    title: 'outside a Map nothing changes',
    given: { StartAt: 'alone', States: { alone: step('alone', { End: true }) } },
    expected: { StartAt: 'alone', States: { alone: step('alone', { End: true }) } },
  },
  {
    title: 'a child knows its index and leaves it in place, wherever its author sends its result',
    given: {
      StartAt: 'Each',
      States: {
        Each: map(SELECTOR, {
          StartAt: 'child',
          States: {
            child: step('child', { Next: 'silent' }),
            silent: step('silent', { ResultPath: null, Next: 'Call' }),
            Call: plain({ End: true }),
          },
        }),
      },
    },
    expected: {
      StartAt: 'Each',
      States: {
        Each: map(SELECTOR, {
          StartAt: 'child',
          States: {
            child: step('child', { ResultPath: '$.item', Next: 'silent' }, INDEX),
            silent: step('silent', { ResultPath: null, Next: 'Call' }, INDEX),
            Call: plain({ End: true }),
          },
        }),
      },
    },
  },
  {
    title: 'a Map in a Map goes on from the index of the outer one, where it has steps',
    given: {
      StartAt: 'Outer',
      States: {
        Outer: map(SELECTOR, {
          StartAt: 'Inner',
          States: {
            Inner: map(SELECTOR, { StartAt: 'child', States: { child: step('child', { End: true }) } }),
            Other: map({ own: 1 }, { StartAt: 'Call', States: { Call: plain({ End: true }) } }),
          },
        }),
      },
    },
    expected: {
      StartAt: 'Outer',
      States: {
        Outer: map(SELECTOR, {
          StartAt: 'Inner',
          States: {
            Inner: {
              ...map(NESTED, {
                StartAt: 'child',
                States: { child: step('child', { ResultPath: '$.item', End: true }, INDEX) },
              }),
              ResultPath: '$.item',
            },
            Other: {
              ...map({ own: 1 }, { StartAt: 'Call', States: { Call: plain({ End: true }) } }),
              ResultPath: '$.item',
            },
          },
        }),
      },
    },
  },
])
