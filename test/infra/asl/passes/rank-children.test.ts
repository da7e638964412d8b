import type { ScopeJson, StateJson } from '#infra/asl/definition.ts'
import { rankChildren } from '#infra/asl/passes/rank-children.ts'
import { step, testPass } from './pass-rows.ts'

const RANKED = { 'rank.$': '$$.Map.Item.Value.rank' }
const RANK = { 'rank.$': '$.rank' }

const map = (ItemSelector: Record<string, unknown>, ItemProcessor: ScopeJson): StateJson => ({
  Type: 'Map',
  ItemSelector,
  ItemProcessor,
})
const child = (name: string, more = {}): ScopeJson => ({
  StartAt: name,
  States: { [name]: step(name, { End: true }, more) },
})
const machine = (state: StateJson, after: StateJson): ScopeJson => ({
  StartAt: 'Each',
  States: { Each: { ...state, Next: 'after' }, after },
})
const AFTER = step('after', { End: true })

testPass(rankChildren, [
  {
    title: 'the children of a Map without ranks get none',
    given: machine(map({}, child('one')), AFTER),
    expected: machine(map({}, child('one')), AFTER),
  },
  {
    title: 'each step in a Map with ranks is told its own; a step after it is not',
    given: machine(map(RANKED, child('one')), AFTER),
    expected: machine(map(RANKED, child('one', RANK)), AFTER),
  },
  {
    title: 'a Map inside passes the rank on, unless it has ranks itself',
    given: machine(
      map(RANKED, {
        StartAt: 'Plain',
        States: {
          Plain: { ...map({}, child('one')), Next: 'Own' },
          Own: { ...map({ 'rank.$': '$$.Map.Item.Value.weight' }, child('two')), End: true },
        },
      }),
      AFTER,
    ),
    expected: machine(
      map(RANKED, {
        StartAt: 'Plain',
        States: {
          Plain: { ...map(RANK, child('one', RANK)), Next: 'Own' },
          Own: { ...map({ 'rank.$': '$$.Map.Item.Value.weight' }, child('two', RANK)), End: true },
        },
      }),
      AFTER,
    ),
  },
])
