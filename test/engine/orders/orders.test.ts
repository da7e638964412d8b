import { afterAll, expect, test } from 'vitest'
import { interning } from './interning.ts'
import {
  abortWithForgetfulWrite,
  abortWithoutLook,
  abortWithoutStop,
  claimAfterRead,
  endWithoutCommit,
  hookWithoutWaiting,
} from './mutations.ts'
import { prepared } from './preparations.ts'
import { searchOrders } from './search.ts'
import { pairsOf, SETTINGS } from './settings.ts'

import { commit, forcedAbort, goOn, gracefulAbort, sweep, type UseCase } from './use-cases.ts'

/** In each run one reply may be lost and one process may be killed. */
const faults = { 'reply-lost': 1, killed: 1 }

const total = { pairs: 0, orders: 0, states: 0, runs: 0 }
afterAll(() => console.log(`${JSON.stringify(total)} in all`))

test.each(SETTINGS)('no order of two use cases breaks an invariant when $title', async (setting) => {
  const start = await prepared(...setting.before)
  const own = { pairs: 0, orders: 0, states: 0, runs: 0 }
  const jobStates = new Set<string>()
  for (const pair of pairsOf(setting)) {
    const found = await searchOrders(start, pair, { faults })
    expect(found.findings, titleOf(pair)).toEqual([])
    expect(found.orders, titleOf(pair)).toBeGreaterThan(1)
    for (const state of found.jobStates) jobStates.add(state)
    own.pairs += 1
    for (const figure of ['orders', 'states', 'runs'] as const) own[figure] += found[figure]
  }
  expect([...jobStates].sort()).toEqual(setting.jobStates)
  for (const figure of ['pairs', 'orders', 'states', 'runs'] as const) total[figure] += own[figure]
  console.log(`${setting.title}: ${JSON.stringify(own)}`)
})

const titleOf = (pair: UseCase[]): string => pair.map(({ name }) => name).join(' beside ')
const settingOf = (title: string) => SETTINGS.find((setting) => setting.title === title)!

test('merging equal states leaves out no order and no end', async () => {
  const start = await prepared(...settingOf('all steps are done').before)
  const pair = [commit, gracefulAbort]
  const intern = interning()
  const merged = await searchOrders(start, pair, { faults, intern })
  const single = await searchOrders(start, pair, { faults, intern, merging: false })
  expect(single.orders).toBe(single.runs)
  expect(merged.orders).toBe(single.orders)
  expect(merged.runs).toBeLessThan(single.runs)
  expect(merged.ends).toEqual(single.ends)
})

type Mutation = { invariant: string; mutant: UseCase; beside: UseCase; when: string }

test.each<Mutation>([
  {
    invariant: 'I1',
    mutant: claimAfterRead('list'),
    beside: forcedAbort,
    when: 'an execution has just started',
  },
  {
    invariant: 'I7',
    mutant: hookWithoutWaiting('copy'),
    beside: goOn('copy'),
    when: 'a drain waits for a step that still runs',
  },
  { invariant: 'graceful', mutant: abortWithoutLook, beside: goOn('copy'), when: 'a step runs' },
  { invariant: 'I2', mutant: abortWithoutStop, beside: forcedAbort, when: 'a step runs' },
  { invariant: 'I2', mutant: abortWithForgetfulWrite, beside: sweep, when: 'a step runs' },
  { invariant: 'I10', mutant: endWithoutCommit, beside: forcedAbort, when: 'all steps are done' },
])('the search sees $mutant.name ($invariant)', async ({ invariant, mutant, beside, when }) => {
  const start = await prepared(...settingOf(when).before)
  const { findings } = await searchOrders(start, [mutant, beside], { faults })
  expect(findings.map(({ violation }) => violation.split(':')[0])).toContain(invariant)
})
