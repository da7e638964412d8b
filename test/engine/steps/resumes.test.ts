import { expect, test } from 'vitest'
import { claimStep } from '#engine/steps/claim.ts'
import { sweepJob } from '#engine/sweep/job.ts'
import { inline } from '#test/core/samples.ts'
import { failure, invoke, stepOf, whenAborted } from '#test/sdk/kit.ts'
import { INVOCATION, lambdaContext, type MemoryHouse, openMemoryHouse, step } from '../house.ts'

const open = (abortable: 'checkpoint' | 'boundary' | 'never'): MemoryHouse =>
  openMemoryHouse([step('copy', 1, { abortable })])

/** A step whose first attempt runs out of its Lambda's time, and whose second ends. */
async function outOfTime(house: MemoryHouse, abortable: 'checkpoint' | 'boundary' | 'never') {
  const job = await house.start()
  const copy = stepOf(house, {
    name: 'copy',
    abortable,
    run: async (_input, { attempt, signal, checkpoint }) => {
      await checkpoint({ attempt })
      if (attempt > 1) return 'done'
      await whenAborted(signal)
      throw signal.reason
    },
  })
  const first = failure(copy(house.payload(job, 'copy'), lambdaContext(6_000)))
  await house.pass(2_000)
  expect((await first).name).toBe('StepOutOfTime')
  return { job, copy }
}

const reread = async (house: MemoryHouse, id: string) => (await house.ports.jobs.get(id))!

test.each(['boundary', 'never'] as const)(
  'work that outlasts a Lambda is not cut by a graceful abort: a step that is abortable "%s" goes on to its end',
  async (abortable) => {
    const house = open(abortable)
    const { job, copy } = await outOfTime(house, abortable)
    await (await house.abort(job, 'graceful')).stopping
    await sweepJob(house.ports, await reread(house, job.job_execution_id))
    expect(house.executions.stops).toEqual([])
    expect(await invoke(house, job, copy)).toBe('done')
    expect(house.executions.stops).toEqual([job.execution_arn])
    const settled = await house.standDown(job, { copy })
    expect(settled.state).toBe('CANCELLED')
    const [item] = await house.ports.steps.list(job.job_execution_id)
    expect(item).toMatchObject({ state: 'SUCCEEDED', attempt: 2, result: inline('done') })
  },
)

test('a step that checkpoints starts no attempt under a graceful abort: its execution is stopped between them', async () => {
  const house = open('checkpoint')
  const { job, copy } = await outOfTime(house, 'checkpoint')
  await (await house.abort(job, 'graceful')).stopping
  expect(house.executions.stops).toEqual([job.execution_arn])
  expect((await failure(invoke(house, job, copy))).name).toBe('JobAborted')
})

test('force stops it between its attempts, and no further one begins', async () => {
  const house = open('boundary')
  const { job, copy } = await outOfTime(house, 'boundary')
  await (await house.abort(job, 'force')).stopping
  expect(house.executions.stops).toEqual([job.execution_arn])
  expect((await failure(invoke(house, job, copy))).name).toBe('JobAborted')
  expect((await house.standDown(job, { copy })).state).toBe('CANCELLED')
})

test('an attempt that died is not one that ran out of time: under an abort its execution is stopped', async () => {
  const house = open('boundary')
  const { job, copy } = await outOfTime(house, 'boundary')
  await (await house.abort(job, 'graceful')).stopping
  await claimStep(house.stepPorts(), house.payload(job, 'copy').standdown, INVOCATION)
  house.clock.advance(INVOCATION.remainingMs)
  expect((await failure(invoke(house, job, copy))).name).toBe('JobAborted')
  expect(house.executions.stops).toEqual([job.execution_arn])
})

test('a step that fails under a graceful abort is not tried again', async () => {
  const house = open('boundary')
  const job = await house.start()
  const copy = stepOf(house, {
    name: 'copy',
    abortable: 'boundary',
    run: async () => {
      await house.abort(job, 'graceful')
      throw new Error('no disk')
    },
  })
  await failure(invoke(house, job, copy))
  expect((await failure(invoke(house, job, copy))).name).toBe('JobAborted')
})
