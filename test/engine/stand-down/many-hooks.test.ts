import { expect, test } from 'vitest'
import { type Step, stepSortKey } from '#core/step/step.ts'
import type { StepCall } from '#core/template.ts'
import type { MemoryTable } from '#engine/memory/table.ts'
import type { StandDownInput } from '#engine/ports.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { runHook } from '#engine/steps/hook.ts'
import { INVOCATION, type MemoryHouse, openMemoryHouse, step } from '../house.ts'
import { withCalls } from '../with-calls.ts'

const CHILDREN = 4_000
/** Events of one hook in the history of the stand-down, as its Map writes them, and of the tasks of a round. */
const EVENTS_A_HOOK = 7
const EVENTS_A_ROUND = 11
const LONGEST_HISTORY = 25_000

/** The steps as they were last written, in the order of their claims, and none of them copied. */
function uncopied({ writes }: MemoryTable): () => Promise<Step[]> {
  const steps = new Map<string, Step>()
  let seen = 0
  return async () => {
    for (const { after } of writes.slice(seen))
      if (after.kind === 'step') steps.set(stepSortKey(after), after)
    seen = writes.length
    return [...steps.values()]
  }
}

/** What one execution of the stand-down does until it ends; answers how many rounds and hooks that were. */
async function generation(house: MemoryHouse, input: StandDownInput) {
  expect((await drain(house.ports, input)).running).toBe(0)
  let round = 0
  let hooks = 0
  for (;;) {
    const next = await nextHookRound(house.ports, { ...input, round })
    round = next.round
    if (next.handed_over) return { round, hooks, settled: null }
    if (next.calls.length === 0) return { round, hooks, settled: await settleJob(house.ports, input) }
    for (const { payload } of next.calls) {
      await runHook(house.stepPorts(), { abort: async () => undefined }, { payload, remainingMs: 60_000 })
    }
    hooks += next.calls.length
  }
}

test('4,000 hooks are run by generations, each of which ends itself long before its history is full', {
  timeout: 60_000,
}, async () => {
  const house = openMemoryHouse([step('copy', 1, { mapped: true, hooks: ['abort'] })])
  house.ports.steps = withCalls(house.ports.steps, { list: uncopied(house.ports.table) })
  const job = await house.start()
  const call: StepCall = house.payload(job, 'copy').standdown
  for (let index = 0; index < CHILDREN; index += 1) {
    await claimStep(house.stepPorts(), { ...call, index }, INVOCATION)
  }
  await (await house.abort(job, 'force')).stopping
  house.clock.advance(INVOCATION.remainingMs)

  const end = { status: 'ABORTED' as const, error: null, cause: null }
  const generations = [
    await generation(house, {
      job_execution_id: job.job_execution_id,
      end,
      call: `${job.job_execution_id}-0`,
    }),
  ]
  for (let number = 1; generations.at(-1)?.settled === null; number += 1) {
    const started = [...house.executions.all].find(([arn]) =>
      arn.endsWith(`${job.job_execution_id}-${number}`),
    )
    generations.push(await generation(house, JSON.parse(started![1].input) as StandDownInput))
  }
  expect(generations.map(({ hooks }) => hooks)).toEqual([1_500, 1_500, 1_000])
  for (const { round, hooks } of generations) {
    const events = hooks * EVENTS_A_HOOK + round * EVENTS_A_ROUND
    expect(events).toBeLessThan(LONGEST_HISTORY / 2)
  }
  const settled = generations.at(-1)?.settled
  expect(settled).toMatchObject({ state: 'CANCELLED', generation: 2, left_behind: [] })
  const cleaned = await house.ports.steps.list(job.job_execution_id)
  expect(cleaned.filter((one) => one.state === 'CANCELLED' && one.cleaned_up)).toHaveLength(CHILDREN)
})
