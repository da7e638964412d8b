import { expect, test } from 'vitest'
import { drain } from '#engine/stand-down/drain.ts'
import { nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { runHook } from '#engine/steps/hook.ts'
import type { StepPorts } from '#engine/steps/ports.ts'
import { failure, gate, invoke, stepOf } from '#test/sdk/kit.ts'
import { INVOCATION, lambdaContext, type MemoryHouse, openMemoryHouse, step } from '../house.ts'
import { withCalls } from '../with-calls.ts'

const LEASE_MS = 10_000
const LAMBDA_MS = 60_000

const abortHook = async (): Promise<void> => undefined

/** A job whose step waits for something without its signal, and is aborted by force meanwhile. */
async function deafStep(house: MemoryHouse) {
  const job = await house.start()
  const started = gate()
  const released = gate()
  const log: string[] = []
  const copy = stepOf(house, {
    name: 'copy',
    run: async () => {
      started.open()
      await released.passed
      log.push('run ended')
    },
    abort: async () => void log.push('abort'),
  })
  const running = failure(invoke(house, job, copy))
  await started.passed
  await (await house.abort(job, 'force')).stopping
  const end = { status: 'ABORTED' as const, error: null, cause: null }
  const input = { job_execution_id: job.job_execution_id, end, call: 'stand-down' }
  return { job, input, copy, running, release: released.open, log }
}

test('a fenced attempt that awaits without signal keeps its lease, and its clean-up waits for it', async () => {
  const house = openMemoryHouse([step('copy', 1)], { leaseMs: LEASE_MS })
  const { job, input, copy, running, release, log } = await deafStep(house)
  expect((await drain(house.ports, input)).running).toBe(1)
  for (let i = 0; i < 4; i += 1) {
    await house.pass(LEASE_MS)
    expect((await drain(house.ports, input)).running).toBe(1)
  }
  release()
  await running
  expect((await drain(house.ports, input)).running).toBe(0)
  const settled = await house.standDown(job, { copy })
  expect(settled.state).toBe('CANCELLED')
  expect(log).toEqual(['run ended', 'abort'])
})

test('the one write of a fenced attempt that lives is that it lives, and never beyond its Lambda', async () => {
  const house = openMemoryHouse([step('copy', 1)], { leaseMs: LEASE_MS })
  const { job, input, running, release } = await deafStep(house)
  await drain(house.ports, input)
  const [fenced] = await house.ports.steps.list(job.job_execution_id)
  await house.pass(LAMBDA_MS - LEASE_MS)
  const [kept] = await house.ports.steps.list(job.job_execution_id)
  const { lease_until, version, updated_at } = kept!
  expect(kept).toEqual({ ...fenced, lease_until, version, updated_at })
  expect(version).toBeGreaterThan(fenced!.version)
  expect(lease_until! <= kept!.dead_by!).toBe(true)
  release()
  await running
})

test.each([
  ['lease', 0],
  ['lambda', 1],
] as const)(
  'a frozen process whose step asks for %s: %i running once its lease has ended',
  async (after, running) => {
    const house = openMemoryHouse([step('copy', 1, { clean_up_after: after })], { leaseMs: LEASE_MS })
    const job = await house.start()
    const { standdown } = house.payload(job, 'copy')
    // Claimed by a process that never comes to a tick of its own.
    await claimStep(house.stepPorts(), standdown, INVOCATION)
    await (await house.abort(job, 'force')).stopping
    const end = { status: 'ABORTED' as const, error: null, cause: null }
    const input = { job_execution_id: job.job_execution_id, end, call: 'stand-down' }
    expect((await drain(house.ports, input)).running).toBe(1)
    house.clock.advance(LEASE_MS)
    expect((await drain(house.ports, input)).running).toBe(running)
    const takesOver = nextHookRound(house.ports, input).then(({ calls }) =>
      runHook(
        house.stepPorts(),
        { abort: abortHook },
        { payload: calls[0]!.payload, remainingMs: LAMBDA_MS },
      ),
    )
    if (running > 0) expect((await failure(takesOver)).name).toBe('StepBusy')
    else expect(await takesOver).toEqual({ cleaned_up: true })
    house.clock.advance(LAMBDA_MS)
    expect((await drain(house.ports, input)).running).toBe(0)
  },
)

/** Ports whose first read of the job takes so long. */
function slowAt(house: MemoryHouse, milliseconds: number): StepPorts {
  const ports = house.stepPorts()
  let slow = true
  const get = async (id: string) => {
    if (slow) house.clock.advance(milliseconds)
    slow = false
    return ports.jobs.get(id)
  }
  return { ...ports, jobs: withCalls(ports.jobs, { get }) }
}

test('a claim that took longer than half of its lease is renewed before the handler runs', async () => {
  const house = openMemoryHouse([step('copy', 1)], { leaseMs: LEASE_MS })
  const job = await house.start()
  const { standdown } = house.payload(job, 'copy')
  const claimed = await claimStep(slowAt(house, 9_000), standdown, INVOCATION)
  expect(claimed.kind).toBe('claimed')
  const now = house.clock.now()
  if (claimed.kind === 'claimed') expect(claimed.claim.takenAt).toBe(now)
  const [item] = await house.ports.steps.list(job.job_execution_id)
  expect(Date.parse(item!.lease_until!)).toBe(now + LEASE_MS)
})

test('a claim that outlasted its lease, so that another attempt took the step, does not run', async () => {
  const house = openMemoryHouse([step('copy', 1)], { leaseMs: LEASE_MS })
  const job = await house.start()
  const { standdown } = house.payload(job, 'copy')
  const ports = house.stepPorts()
  let first = true
  const get = async (id: string) => {
    if (first) {
      first = false
      house.clock.advance(LEASE_MS + 1)
      await claimStep(house.stepPorts(), standdown, INVOCATION)
    }
    return ports.jobs.get(id)
  }
  const slow = { ...ports, jobs: withCalls(ports.jobs, { get }) }
  expect((await failure(claimStep(slow, standdown, INVOCATION))).name).toBe('StepOutOfTime')
  const [item] = await house.ports.steps.list(job.job_execution_id)
  expect(item).toMatchObject({ attempt: 2, state: 'ONGOING', attempt_ended: false })
})

test('a claim that was fenced while it looked does not run, and says so', async () => {
  const house = openMemoryHouse([step('copy', 1)], { leaseMs: LEASE_MS })
  const job = await house.start()
  const { standdown } = house.payload(job, 'copy')
  const ports = house.stepPorts()
  const get = async (id: string) => {
    const found = await ports.jobs.get(id)
    house.clock.advance(LEASE_MS)
    const [item] = await ports.steps.list(id)
    const { abort_request } = (await house.abort(job, 'force')).job
    const event = { type: 'fence' as const, at: item!.updated_at, epoch: 2, abort_request, fault: null }
    await ports.steps.apply(item!, event)
    return found
  }
  const slow = { ...ports, jobs: withCalls(ports.jobs, { get }) }
  expect((await failure(claimStep(slow, standdown, INVOCATION))).name).toBe('JobAborted')
  const [item] = await house.ports.steps.list(job.job_execution_id)
  expect(item).toMatchObject({ state: 'CANCELLING', attempt_ended: true, touched: false })
})

/** A step given back, in a job aborted by force: the call of its hook. */
async function hookOf(house: MemoryHouse) {
  const job = await house.start()
  const copy = stepOf(house, { name: 'copy', run: () => Promise.reject(new Error('half-way')) })
  await failure(invoke(house, job, copy))
  await (await house.abort(job, 'force')).stopping
  const end = { status: 'ABORTED' as const, error: null, cause: null }
  const input = { job_execution_id: job.job_execution_id, end, call: 'stand-down' }
  await drain(house.ports, input)
  const { calls } = await nextHookRound(house.ports, input)
  return { job, input, payload: calls[0]!.payload, call: calls[0]! }
}

test('a hook that cannot keep its lease stops itself before the lease has ended', async () => {
  const house = openMemoryHouse([step('copy', 1)], { leaseMs: LEASE_MS })
  const { payload } = await hookOf(house)
  const ports = house.stepPorts()
  let cut = false
  const steps = withCalls(ports.steps, {
    apply: (key, event, guess) =>
      cut ? Promise.reject(new Error('no route to the table')) : ports.steps.apply(key, event, guess),
  })
  const started = gate()
  let stoppedAt = 0
  const abort = async ({ signal }: { signal: AbortSignal }): Promise<void> => {
    cut = true
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    started.open()
    await stopped
    stoppedAt = house.clock.now()
    throw new Error('cut off')
  }
  const takenAt = house.clock.now()
  const running = failure(runHook({ ...ports, steps }, { abort }, { payload, remainingMs: LAMBDA_MS }))
  await started.passed
  await house.pass(LEASE_MS)
  expect((await running).name).toBe('StepOutOfTime')
  expect(stoppedAt).toBeGreaterThan(takenAt)
  expect(stoppedAt).toBeLessThan(takenAt + LEASE_MS)
})

test('a hook that works longer than its lease keeps it, and no other call may take the step', async () => {
  const house = openMemoryHouse([step('copy', 1)], { leaseMs: LEASE_MS })
  const { payload } = await hookOf(house)
  const [started, released] = [gate(), gate()]
  const abort = async (): Promise<void> => {
    started.open()
    await released.passed
  }
  const running = runHook(house.stepPorts(), { abort }, { payload, remainingMs: LAMBDA_MS })
  await started.passed
  await house.pass(3 * LEASE_MS)
  const other = runHook(house.stepPorts(), { abort }, { payload, remainingMs: LAMBDA_MS })
  expect((await failure(other)).name).toBe('StepBusy')
  released.open()
  expect(await running).toEqual({ cleaned_up: true })
})

test('a slow start of a hook counts against its lease: it is renewed before the hook runs', async () => {
  const house = openMemoryHouse([step('copy', 1)], { leaseMs: LEASE_MS })
  const { payload, job } = await hookOf(house)
  let left = 0
  const abort = async (): Promise<void> => {
    const [item] = await house.ports.steps.list(job.job_execution_id)
    left = Date.parse(item!.lease_until!) - house.clock.now()
  }
  await runHook(slowAt(house, 9_000), { abort }, { payload, remainingMs: LAMBDA_MS })
  expect(left).toBe(LEASE_MS)
})

test('the failure of a hook whose Lambda died is recorded once its lease has ended, not before', async () => {
  const house = openMemoryHouse([step('copy', 1)], { leaseMs: LEASE_MS })
  const { job, input, payload, call } = await hookOf(house)
  const dying = { abort: () => new Promise<never>(() => undefined) }
  runHook(house.stepPorts(), dying, { payload, remainingMs: LAMBDA_MS }).catch(() => undefined)
  await house.pass(1)
  const results = [{ ...call, error: { Error: 'Runtime.OutOfMemory', Cause: 'killed' } }]
  expect((await failure(nextHookRound(house.ports, { ...input, results }))).name).toBe('StepBusy')
  const [before] = await house.ports.steps.list(job.job_execution_id)
  expect(before?.state).toBe('CANCELLING')
  house.clock.advance(LAMBDA_MS)
  const { calls } = await nextHookRound(house.ports, { ...input, results })
  expect(calls).toEqual([])
  const [after] = await house.ports.steps.list(job.job_execution_id)
  expect(after).toMatchObject({ state: 'FAILED', clean_up: { fault: { exception: 'Runtime.OutOfMemory' } } })
})

test('a failure that an older stand-down tells late is refused where another has taken the step since', async () => {
  const house = openMemoryHouse([step('copy', 1)], { leaseMs: LEASE_MS })
  const { job, input, payload, call } = await hookOf(house)
  await failure(
    runHook(
      house.stepPorts(),
      { abort: () => Promise.reject(new Error('broken')) },
      { payload, remainingMs: LAMBDA_MS },
    ),
  )
  const newer = { ...input, call: 'stand-down-1' }
  const { calls } = await nextHookRound(house.ports, newer)
  const [started, released] = [gate(), gate()]
  const abort = async (): Promise<void> => {
    started.open()
    await released.passed
  }
  const running = runHook(
    house.stepPorts(),
    { abort },
    { payload: calls[0]!.payload, remainingMs: LAMBDA_MS },
  )
  await started.passed
  await nextHookRound(house.ports, { ...input, results: [{ ...call, error: { Error: 'E', Cause: 'late' } }] })
  expect((await house.ports.steps.list(job.job_execution_id))[0]?.state).toBe('CANCELLING')
  released.open()
  await running
  const [item] = await house.ports.steps.list(job.job_execution_id)
  expect(item).toMatchObject({ state: 'CANCELLED', cleaned_up: true, clean_up: { fault: null } })
})

test.each(['boundary', 'never'] as const)(
  'a dead attempt of a step that is abortable "%s" holds the job for its lease, not for its Lambda',
  async (abortable) => {
    const house = openMemoryHouse([step('copy', 1, { abortable })], { leaseMs: LEASE_MS })
    const job = await house.start()
    const payload = house.payload(job, 'copy')
    await claimStep(house.stepPorts(), payload.standdown, INVOCATION)
    const again = stepOf(house, { name: 'copy', abortable })
    expect((await failure(again(payload, lambdaContext()))).name).toBe('StepBusy')
    house.clock.advance(LEASE_MS)
    expect(await again(payload, lambdaContext())).toBe('done')
  },
)
