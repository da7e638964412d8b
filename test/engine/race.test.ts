import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { JobEndedError } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import { stepSortKey } from '#core/step/step.ts'
import { faultyClient, type InTurn, type Recorded } from '../aws/faults.ts'
import { startTable, type Table } from '../aws/table.ts'
import { checkHistories, historiesOf } from './history.ts'
import { type House, openHouse, step } from './house.ts'
import { type Entry, handlersOf, type Plan, runMachine, settleAll } from './race-run.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const STEPS = [step('list', 1), step('copy-a', 2), step('copy-b', 2)]
const names = fc.constantFrom(null, 'list', 'copy-a')
const fate = fc.oneof(
  { weight: 4, arbitrary: fc.constant('through' as const) },
  { weight: 1, arbitrary: fc.constantFrom('lost-before' as const, 'lost-after' as const) },
)
const plans: fc.Arbitrary<Plan> = fc.record({
  aborts: fc.subarray(['graceful', 'force', 'graceful'] as const).map((modes) => [...modes]),
  rollback: fc.boolean(),
  consoleStop: fc.boolean(),
  fails: names,
  twice: names,
  work: fc.integer({ min: 0, max: 40 }),
  fates: fc.array(fate, { maxLength: 60 }),
})

type Ended = { house: House; job: Job; log: Entry[]; writes: Recorded[]; accepted: boolean; refused: number }

/** A scheduled task must not reject: what it came to is told, and thrown outside. */
function oneAtATime(scheduler: fc.Scheduler): InTurn {
  return async <Answer>(request: () => Promise<Answer>): Promise<Answer> => {
    let answer = Promise.reject<Answer>(new Error('the request was never let through'))
    answer.catch(() => undefined)
    await scheduler.scheduleFunction(async () => {
      answer = request()
      await answer.catch(() => undefined)
    })()
    return answer
  }
}

/** One job, from its start to its end, with its requests in the order that the scheduler picks. */
async function live(scheduler: fc.Scheduler, plan: Plan): Promise<Ended> {
  const fates = [...plan.fates]
  const inTurn = oneAtATime(scheduler)
  const { client, writes } = faultyClient(table.endpoint, () => fates.shift() ?? 'through', inTurn)
  const house = openHouse(client, STEPS, { leaseMs: 2_000 })
  const log: Entry[] = []
  const handlers = handlersOf(house, plan, { log, tick: () => scheduler.schedule(Promise.resolve()) })
  const job = await scheduler.waitFor(house.start())
  const asked = plan.aborts.map((mode) => ask(house, job, { mode, plan, scheduler }))
  const twice = plan.twice ? handlers[plan.twice]!(house.payload(job, plan.twice), {} as never) : null
  const stopped = scheduler.schedule(Promise.resolve()).then(() => {
    if (plan.consoleStop) house.executions.end(job.execution_arn, 'ABORTED')
  })
  const duplicate = twice?.catch(() => undefined)
  const all = [runMachine(house, job, handlers), settleAll(house, job, handlers), duplicate, stopped] as const
  const [, settled] = await scheduler.waitFor(Promise.all(all))
  const answers = await scheduler.waitFor(Promise.all(asked))
  client.destroy()
  const accepted = answers.includes('accepted')
  const refused = answers.filter((one) => one === 'refused').length
  return { house, job: settled, log, writes, accepted, refused }
}

type Asking = { mode: Plan['aborts'][number]; plan: Plan; scheduler: fc.Scheduler }

async function ask(house: House, job: Job, { mode, plan, scheduler }: Asking): Promise<string> {
  await scheduler.schedule(Promise.resolve())
  try {
    const { stopping } = await house.abort(job, mode, { rollback: plan.rollback })
    await stopping
    return 'accepted'
  } catch (error) {
    if (error instanceof JobEndedError) return 'refused'
    throw error
  }
}

/** I7 and I9: nothing runs twice at once, no hook beside its step; I6: no hook of a step that never ran. */
function checkLog(log: Entry[]): void {
  const at = new Map<string, string>()
  for (const { what, step: name } of log) {
    const busy = at.get(name)
    if (what === 'ran' || what === 'hooked') at.delete(name)
    else {
      expect(busy, `${what} of ${name} began during its ${busy}`).toBeUndefined()
      at.set(name, what)
    }
    const ran = log.some((one) => one.what === 'run' && one.step === name)
    if (what === 'abort' || what === 'revert') expect(ran, `${what} of ${name}, which never ran`).toBe(true)
  }
  const hooks = log.filter(({ what }) => what === 'abort' || what === 'revert').map((one) => one.step)
  expect(new Set(hooks).size, `hooks ${hooks}`).toBe(hooks.length)
  if (hooks.includes('list')) expect(hooks.at(-1)).toBe('list')
}

/** I1: requests go one at a time, so the images are in the order in which they were written. */
function checkClaims({ log, writes }: Ended): void {
  const halted = writes.findIndex(
    ({ item }) => item.kind === 'job' && (item.state === 'CANCELLING' || item.closed),
  )
  for (const { step: name, attempt } of log.filter((entry) => entry.what === 'run')) {
    const claim = writes.findIndex(
      ({ item }) => item.kind === 'step' && item.name === name && item.attempt === attempt,
    )
    if (halted >= 0) expect(claim, `${name} ran on a claim after the abort`).toBeLessThan(halted)
  }
}

function checkEnd({ house, job, writes, accepted, refused }: Ended): void {
  const items = historiesOf(writes, job.job_execution_id)
  checkHistories(items)
  for (const [sk, images] of items) expect(isTerminal(images.at(-1)!.state), `${sk} at the end`).toBe(true)
  const { status } = house.executions.all.get(job.execution_arn)!
  if (accepted) expect(job.state).toBe('CANCELLED')
  if (accepted) expect([...items.keys()].sort()).toEqual(['JOB', ...STEPS.map(keyOf)])
  if (job.state === 'SUCCEEDED') expect(job.abort_request).toBeNull()
  else expect(status).toBe('ABORTED')
  if (job.state === 'CANCELLED' && !accepted) expect(job.abort_request?.requested_by).toBe('external')
  if (refused > 0) expect(isTerminal(job.state)).toBe(true)
}

const keyOf = ({ name, order }: (typeof STEPS)[number]): string =>
  stepSortKey({ name, order, index: null, visit: null })

test('however requests interleave and replies are lost, the protocol holds', {
  timeout: 120_000,
}, async () => {
  const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
    const ended = await live(scheduler, plan)
    checkLog(ended.log)
    checkClaims(ended)
    checkEnd(ended)
  })
  await fc.assert(property, { numRuns: 60, endOnFailure: true })
})
