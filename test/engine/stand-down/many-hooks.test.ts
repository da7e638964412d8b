import { expect, test } from 'vitest'
import { HISTORY_EVENTS } from '#core/clean-up/history.ts'
import type { Job } from '#core/job/job.ts'
import { type Step, stepSortKey } from '#core/step/step.ts'
import type { StepCall } from '#core/template.ts'
import { cleanUpAgain } from '#engine/jobs/clean-up.ts'
import type { MemoryTable } from '#engine/memory/table.ts'
import type { StandDownInput } from '#engine/ports.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { type HookInvocation, type HookRoundInput, nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { runHook } from '#engine/steps/hook.ts'
import { INVOCATION, type MemoryHouse, openMemoryHouse, STAND_DOWN, step } from '../house.ts'
import { withCalls } from '../with-calls.ts'

const CHILDREN = 4_000

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

type Abort = () => Promise<void>
const clean: Abort = async () => undefined
const stuck: Abort = () => Promise.reject(new Error('the disk is stuck'))

/** A job of so many children, forced to stop while all of them run, whose Lambdas are over. */
async function abortedJob(children: number) {
  const house = openMemoryHouse([step('copy', 1, { mapped: true, hooks: ['abort'] })])
  house.ports.steps = withCalls(house.ports.steps, { list: uncopied(house.ports.table) })
  const job = await house.start()
  const call: StepCall = house.payload(job, 'copy').standdown
  for (let index = 0; index < children; index += 1) {
    await claimStep(house.stepPorts(), { ...call, index }, INVOCATION)
  }
  await (await house.abort(job, 'force')).stopping
  house.clock.advance(INVOCATION.remainingMs)
  return { house, job }
}

/** The Map over a round's hooks: what its last try ended in is kept beside the call. */
async function runHooks(house: MemoryHouse, calls: HookInvocation[], abort: Abort) {
  const results: HookInvocation[] = []
  for (const call of calls) {
    try {
      await runHook(house.stepPorts(), { abort }, { payload: call.payload, remainingMs: 60_000 })
      results.push({ ...call, outcome: { retries: 0 } })
    } catch (error) {
      const { name, message } = error as Error
      results.push({ ...call, error: { Error: name, Cause: JSON.stringify({ errorMessage: message }) } })
    }
  }
  return results
}

/** What one execution of the stand-down does until it ends. */
async function generation(house: MemoryHouse, input: StandDownInput, abort: Abort) {
  let data: HookRoundInput = await drain(house.ports, input)
  let hooks = 0
  for (;;) {
    const last = data
    const next = await nextHookRound(house.ports, data)
    if (next.handed_over) return { hooks, events: next.events, last, settled: null }
    if (next.calls.length === 0) {
      return { hooks, events: next.events, last, settled: await settleJob(house.ports, input) }
    }
    hooks += next.calls.length
    data = { ...next, results: await runHooks(house, next.calls, abort) }
  }
}

/** The executions of the stand-down's machine, each run to its end as it is started. */
async function generations(house: MemoryHouse, from: number, abort: Abort) {
  const ended: Awaited<ReturnType<typeof generation>>[] = []
  const inputs = (): StandDownInput[] => standDownsOf(house).slice(from)
  for (let i = 0; i < inputs().length; i += 1) ended.push(await generation(house, inputs()[i]!, abort))
  return ended
}

const standDownsOf = ({ executions }: MemoryHouse): StandDownInput[] => {
  const prefix = STAND_DOWN.replace(':stateMachine:', ':execution:')
  const found = [...executions.all].filter(([arn]) => arn.startsWith(prefix))
  return found.map(([, { input }]) => JSON.parse(input) as StandDownInput)
}

async function standDown(house: MemoryHouse, job: Job, abort: Abort) {
  const end = { status: 'ABORTED' as const, error: null, cause: null }
  const call = `${job.job_execution_id}-0`
  const first = { job_execution_id: job.job_execution_id, end, call }
  return [await generation(house, first, abort), ...(await generations(house, 0, abort))]
}

test('4,000 hooks are run by generations, each of which ends itself before its history is full', {
  timeout: 60_000,
}, async () => {
  const { house, job } = await abortedJob(CHILDREN)
  const ended = await standDown(house, job, clean)
  expect(ended).toHaveLength(2)
  expect(ended.reduce((sum, { hooks }) => sum + hooks, 0)).toBe(CHILDREN)
  for (const { events } of ended) expect(events).toBeLessThan(HISTORY_EVENTS * 0.75)
  expect(ended.at(-1)?.settled).toMatchObject({ state: 'CANCELLED', generation: 1, left_behind: [] })
  const cleaned = await house.ports.steps.list(job.job_execution_id)
  expect(cleaned.filter((one) => one.state === 'CANCELLED' && one.cleaned_up)).toHaveLength(CHILDREN)
})

test('a repeated clean-up hands over, too, and tries each hook once in all its generations', async () => {
  const { house, job } = await abortedJob(100)
  const [last] = (await standDown(house, job, stuck)).slice(-1)
  expect(last?.settled).toMatchObject({ state: 'FAILED' })

  const { job_execution_id } = job
  const before = standDownsOf(house).length
  await (await cleanUpAgain(house.ports, { job_execution_id, requested_by: 'ben' })).starting
  const failedAgain = await generations(house, before, stuck)
  expect(failedAgain.map(({ hooks }) => hooks)).toEqual([30, 30, 30, 10])
  expect(failedAgain.at(-1)?.settled).toMatchObject({ clean_up: { run: 1, ended_at: expect.any(String) } })

  const after = standDownsOf(house).length
  await (await cleanUpAgain(house.ports, { job_execution_id, requested_by: 'ben' })).starting
  const cleaned = await generations(house, after, clean)
  expect(cleaned.map(({ hooks }) => hooks)).toEqual([100])
  expect(cleaned[0]?.settled).toMatchObject({ state: 'FAILED', left_behind: [], clean_up: { run: 2 } })
})

test('a hand-over that is tried again starts no further generation', async () => {
  const { house, job } = await abortedJob(40)
  const end = { status: 'ABORTED' as const, error: null, cause: null }
  const first = { job_execution_id: job.job_execution_id, end, call: `${job.job_execution_id}-0` }
  const { last } = await generation(house, first, stuck)
  const repeated = await nextHookRound(house.ports, last)
  expect(repeated.handed_over).toBe(true)
  expect(standDownsOf(house)).toHaveLength(1)
  expect((await house.ports.jobs.get(job.job_execution_id))?.generation).toBe(1)
})

test('a repeated clean-up whose function cannot be invoked any more is over after one try', async () => {
  const { house, job } = await abortedJob(1)
  await standDown(house, job, stuck)
  const { job_execution_id } = job
  const before = standDownsOf(house).length
  await (await cleanUpAgain(house.ports, { job_execution_id, requested_by: 'ben' })).starting
  const input = standDownsOf(house).slice(before)[0]!
  const round = await nextHookRound(house.ports, await drain(house.ports, input))
  const error = { Error: 'Lambda.ResourceNotFoundException', Cause: 'there is no such function' }
  const results = round.calls.map((call) => ({ ...call, error }))
  expect((await nextHookRound(house.ports, { ...round, results })).calls).toEqual([])
  const { left_behind } = await settleJob(house.ports, input)
  expect(left_behind).toEqual(['copy[0]: there is no such function'])
})

test('a stand-down that was started late neither repeats a clean-up nor ends the repetition under way', async () => {
  const { house, job } = await abortedJob(1)
  const [first] = await standDown(house, job, stuck)
  expect(first?.settled).toMatchObject({ state: 'FAILED' })
  const { job_execution_id } = job
  await (await cleanUpAgain(house.ports, { job_execution_id, requested_by: 'ben' })).starting
  const end = { status: 'ABORTED' as const, error: null, cause: null }
  const late = { job_execution_id, end, call: `${job_execution_id}-1` }
  expect((await nextHookRound(house.ports, await drain(house.ports, late))).calls).toEqual([])
  expect((await settleJob(house.ports, late)).clean_up).toMatchObject({ run: 1, ended_at: null })
})
