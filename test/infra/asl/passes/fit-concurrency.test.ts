import type { ScopeJson, StateJson } from '#infra/asl/definition.ts'
import { fitConcurrency } from '#infra/asl/passes/fit-concurrency.ts'
import { plain, step, testPass } from './pass-rows.ts'

const only = (name: string, concurrency?: number): ScopeJson => ({
  StartAt: name,
  States: { [name]: step(name, { End: true }, concurrency === undefined ? {} : { concurrency }) },
})
const map = (ItemProcessor: ScopeJson, MaxConcurrency?: number): StateJson => ({
  Type: 'Map',
  ItemProcessor,
  ...(MaxConcurrency === undefined ? {} : { MaxConcurrency }),
})
const parallel = (...Branches: ScopeJson[]): StateJson => ({ Type: 'Parallel', Branches, End: true })
const machine = (state: StateJson): ScopeJson => ({ StartAt: 'State', States: { State: state } })
const within = (state: StateJson): ScopeJson => ({ StartAt: 'Inner', States: { Inner: state } })

testPass(fitConcurrency, [
  {
    title: 'a step alone is told nothing',
    given: only('alone'),
    expected: only('alone'),
  },
  {
    title: 'a Map counts as its maxConcurrency says, and as 40 where it says nothing',
    given: {
      StartAt: 'Four',
      States: { Four: { ...map(only('four'), 4), Next: 'All' }, All: map(only('all')) },
    },
    expected: {
      StartAt: 'Four',
      States: { Four: { ...map(only('four', 4), 4), Next: 'All' }, All: map(only('all', 40)) },
    },
  },
  {
    title: 'the branches of a Parallel run beside each other; one without steps counts for nothing',
    given: machine(
      parallel(only('left'), within(map(only('right'), 8)), {
        StartAt: 'Call',
        States: { Call: plain({ End: true }) },
      }),
    ),
    expected: machine(
      parallel(only('left', 9), within(map(only('right', 9), 8)), {
        StartAt: 'Call',
        States: { Call: plain({ End: true }) },
      }),
    ),
  },
  {
    title: 'a Map in a Map is lowered, so that both together run 40 steps at most',
    given: machine(map(within(map(only('child'))), 10)),
    expected: machine(map(within(map(only('child', 40), 4)), 10)),
  },
  {
    title: 'two Maps, one in the other, of which the author bounded neither, share the room',
    given: machine(map(within(map(only('child'))))),
    expected: machine(map(within(map(only('child', 36), 6)), 6)),
  },
  {
    title: 'where nothing inside can be lowered, the items are',
    given: machine(map(within(parallel(only('one'), only('two'), only('three'))))),
    expected: machine(map(within(parallel(only('one', 39), only('two', 39), only('three', 39))), 13)),
  },
  {
    title: 'two Maps beside each other share the room',
    given: machine(parallel(within(map(only('one'))), { ...within(map(only('two'), 30)) })),
    expected: machine(parallel(within(map(only('one', 40), 20)), within(map(only('two', 40), 20)))),
  },
])
