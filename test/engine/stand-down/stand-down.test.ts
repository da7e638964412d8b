import { afterAll, beforeAll, expect, test } from 'vitest'
import { canonicalJson } from '#core/text/canonical-json.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { inline } from '#test/core/samples.ts'
import { failure, gate, invoke, stepOf, untilAborted } from '#test/sdk/kit.ts'
import { startTable, type Table } from '../../aws/table.ts'
import { cleanUp, endOf, type House, lambdaContext, openHouse, step } from '../house.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const open = (): House => openHouse(table.client, [step('list', 1), step('copy', 2), step('verify', 3)])
const itemsOf = async (house: House, id: string) => [
  await house.ports.jobs.get(id),
  ...(await house.ports.steps.list(id)),
]

/** A step whose handler hears nothing until it is let go, and then tries every write there is. */
function deafStep(house: House, name: string) {
  const [started, release] = [gate(), gate()]
  const handler = stepOf(house, {
    name,
    run: async (_input, { progress }) => {
      started.open()
      await release.passed
      progress({ done: 1, total: 1, unit: 'objects' })
      return 'too late'
    },
  })
  return { handler, started, release }
}

test('after force and the stand-down every write of the old attempt is refused, the items are identical', async () => {
  const house = open()
  const job = await house.start()
  const { handler, started, release } = deafStep(house, 'copy')
  const running = failure(invoke(house, job, handler))
  await started.passed
  const { owner } = (await house.ports.steps.list(job.job_execution_id))[0]!
  await (await house.abort(job, 'force')).stopping
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  await drain(house.ports, input)
  const [, copy] = await itemsOf(house, job.job_execution_id)
  const before = canonicalJson(copy)
  const at = new Date().toISOString()
  const { steps } = house.ports
  const step = (await steps.list(job.job_execution_id))[0]!
  const writes = [
    { type: 'checkpoint' as const, at, owner: owner!, lease_until: at, report: { data: inline({ at: 9 }) } },
    { type: 'finish' as const, at, owner: owner!, result: inline('late') },
  ]
  for (const event of writes) expect((await steps.apply(step, event)).kind).toBe('refused')
  expect(canonicalJson((await steps.list(job.job_execution_id))[0])).toBe(before)
  release.open()
  expect((await running).name).toMatch(/JobAborted|StepFenced/)
  const settled = await house.standDown(job, { copy: handler })
  expect(settled.state).toBe('CANCELLED')
})

test('the drain waits for a running attempt, tells how many, and ends once it says that it stopped', async () => {
  const house = openHouse(table.client, [step('copy', 1)], { leaseMs: 60_000 })
  const job = await house.start()
  const { handler, started, release } = deafStep(house, 'copy')
  const running = failure(invoke(house, job, handler))
  await started.passed
  await (await house.abort(job, 'force')).stopping
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  expect(await drain(house.ports, input)).toMatchObject({ running: 1, wait_seconds: expect.any(Number) })
  const { calls } = await nextHookRound(house.ports, input)
  const busy = await failure(handler(calls[0]!.payload, lambdaContext()))
  expect(busy.name).toBe('StepBusy')
  release.open()
  await running
  expect(await drain(house.ports, input)).toMatchObject({ running: 0 })
})

test('a step finishing between the flag and the fence is reverted with its own result', async () => {
  const house = open()
  const job = await house.start()
  const seen: unknown[] = []
  const copy = stepOf(house, {
    name: 'copy',
    run: async () => {
      await house.abort(job, 'graceful', { rollback: true })
      return { copied: 7 }
    },
    revert: async ({ result }) => void seen.push(result),
  })
  await invoke(house, job, copy)
  const settled = await house.standDown(job, { copy })
  expect(settled.state).toBe('CANCELLED')
  expect(seen).toEqual([{ copied: 7 }])
})

test('hooks run in reverse order, for claimed steps only', async () => {
  const house = open()
  const job = await house.start()
  const order: string[] = []
  const handlerOf = (name: string) =>
    stepOf(house, {
      name,
      revert: async () => void order.push(name),
      abort: async () => void order.push(`abort ${name}`),
    })
  const handlers = { list: handlerOf('list'), copy: handlerOf('copy'), verify: handlerOf('verify') }
  await invoke(house, job, handlers.list)
  await invoke(house, job, handlers.copy)
  await (await house.abort(job, 'graceful', { rollback: true })).stopping
  await house.standDown(job, handlers)
  expect(order).toEqual(['copy', 'list'])
  const states = (await house.ports.steps.list(job.job_execution_id)).map((one) => one.state)
  expect(states).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED'])
})

test('a clean-up that throws does not stop the others; the job ends FAILED and says what is left', async () => {
  const house = open()
  const job = await house.start()
  const reverted: string[] = []
  const list = stepOf(house, { name: 'list', revert: async () => void reverted.push('list') })
  const copy = stepOf(house, {
    name: 'copy',
    revert: async () => {
      throw new Error('the bucket is gone')
    },
  })
  await invoke(house, job, list)
  await invoke(house, job, copy)
  await (await house.abort(job, 'graceful', { rollback: true })).stopping
  const settled = await house.standDown(job, { list, copy })
  expect(reverted).toEqual(['list'])
  expect(settled).toMatchObject({ state: 'FAILED', left_behind: ['copy: the bucket is gone'] })
  expect(settled.fault?.exception).toBe('CleanUpFailed')
})

test('force during the stand-down changes nothing of it', async () => {
  const house = open()
  const job = await house.start()
  const calls: string[] = []
  const started = gate()
  const copy = stepOf(house, {
    name: 'copy',
    run: (_input, tools) => {
      started.open()
      return untilAborted(tools)
    },
    abort: async ({ signal }) => {
      calls.push('abort')
      await (await house.abort(job, 'force')).stopping
      calls.push(signal.aborted ? 'cancelled' : 'went on')
    },
  })
  const running = failure(invoke(house, job, copy))
  await started.passed
  await house.abort(job, 'graceful')
  await running
  const settled = await house.standDown(job, { copy })
  expect(settled).toMatchObject({ state: 'CANCELLED', abort_request: { mode: 'force' } })
  expect(calls).toEqual(['abort', 'went on'])
})

test('a stand-down killed between two clean-ups goes on: none is run again once it was recorded', async () => {
  const house = open()
  const job = await house.start()
  const order: string[] = []
  const handlerOf = (name: string) => stepOf(house, { name, revert: async () => void order.push(name) })
  const handlers = { list: handlerOf('list'), copy: handlerOf('copy') }
  await invoke(house, job, handlers.list)
  await invoke(house, job, handlers.copy)
  await (await house.abort(job, 'graceful', { rollback: true })).stopping
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  await drain(house.ports, input)
  const { calls } = await nextHookRound(house.ports, input)
  await handlers.copy(calls[0]!.payload, lambdaContext())
  await house.standDown(job, handlers)
  await cleanUp(house, input, handlers)
  expect(order).toEqual(['copy', 'list'])
})

test('what a hook saved is there for its next attempt', async () => {
  const house = open()
  const job = await house.start()
  const seen: unknown[] = []
  const copy = stepOf(house, {
    name: 'copy',
    revert: async ({ checkpoint, save }) => {
      seen.push(checkpoint)
      await save({ removed: 3 })
      if (seen.length === 1) throw new Error('try again')
    },
  })
  await invoke(house, job, copy)
  await (await house.abort(job, 'graceful', { rollback: true })).stopping
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  await drain(house.ports, input)
  const { calls } = await nextHookRound(house.ports, input)
  await failure(copy(calls[0]!.payload, lambdaContext()))
  await copy(calls[0]!.payload, lambdaContext())
  expect(seen).toEqual([null, { removed: 3 }])
})
