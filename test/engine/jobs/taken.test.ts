import { expect, test } from 'vitest'
import { executionArnOf, type Job } from '#core/job/job.ts'
import type { StepPayload } from '#core/template.ts'
import { commitJob } from '#engine/jobs/commit.ts'
import { listSteps } from '#engine/jobs/parts.ts'
import { inline, textOf } from '#test/core/samples.ts'
import { failure, invoke, stepOf } from '#test/sdk/kit.ts'
import { lambdaContext, type MemoryHouse, openMemoryHouse, step } from '../house.ts'

const open = (): MemoryHouse => openMemoryHouse([step('list', 1), step('copy', 2)])
const DAY_MS = 86_400_000
const OTHER_MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:other'

/** A call of a step by an execution that has the job's name in another machine, or began at another time. */
async function callBy(house: MemoryHouse, job: Job, name: string, life: Partial<StepPayload['standdown']>) {
  const payload = house.payload(job, name)
  return { ...payload, standdown: { ...payload.standdown, ...life } }
}

const another = (job: Job) => ({
  execution_arn: executionArnOf(OTHER_MACHINE, job.job_execution_id),
})

test('two machines run an execution of one name: the second is refused by name, and gets no kept result', async () => {
  const house = open()
  const job = await house.start()
  const list = stepOf(house, { name: 'list', run: async () => 'of the first machine' })
  await invoke(house, job, list)
  const before = [
    await house.ports.jobs.get(job.job_execution_id),
    await house.ports.steps.list(job.job_execution_id),
  ]
  const ran: string[] = []
  const strange = stepOf(house, { name: 'list', run: async () => void ran.push('list') })
  const error = await failure(strange(await callBy(house, job, 'list', another(job)), lambdaContext()))
  expect(error.name).toBe('JobIdTaken')
  expect(error.message).toContain(job.execution_arn)
  expect(ran).toEqual([])
  expect([
    await house.ports.jobs.get(job.job_execution_id),
    await house.ports.steps.list(job.job_execution_id),
  ]).toEqual(before)
})

test('the second machine cannot commit the job of the first', async () => {
  const house = open()
  const job = await house.start()
  await invoke(house, job, stepOf(house, { name: 'list' }))
  const { standdown } = await callBy(house, job, 'copy', another(job))
  expect((await failure(commitJob(house.ports, standdown))).name).toBe('JobIdTaken')
  expect((await house.ports.jobs.get(job.job_execution_id))?.state).toBe('ONGOING')
})

test('a stray step of another machine is none of the job: neither its abort nor its outcome knows it', async () => {
  const house = open()
  const job = await house.start()
  await invoke(house, job, stepOf(house, { name: 'list' }))
  const stray = stepOf(house, { name: 'copy', run: async () => 'never' })
  const refused = await failure(stray(await callBy(house, job, 'copy', another(job)), lambdaContext()))
  expect(refused.name).toBe('JobIdTaken')
  expect(await house.ports.steps.list(job.job_execution_id)).toHaveLength(2)
  await (await house.abort(job, 'graceful')).stopping
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
  const settled = await house.standDown(job, {})
  expect(settled).toMatchObject({ state: 'CANCELLED', left_behind: [] })
})

test('the job itself may run a step that another machine had claimed under its id', async () => {
  const house = open()
  const job = await house.start()
  await invoke(house, job, stepOf(house, { name: 'list' }))
  await failure(
    stepOf(house, { name: 'copy' })(await callBy(house, job, 'copy', another(job)), lambdaContext()),
  )
  expect(await invoke(house, job, stepOf(house, { name: 'copy', run: async () => 'ours' }))).toBe('ours')
  const [, copy] = await house.ports.steps.list(job.job_execution_id)
  expect(copy).toMatchObject({ state: 'SUCCEEDED', execution_arn: job.execution_arn, attempt: 1 })
})

test('a name that is free again starts anew: what an expired job left is neither answered nor kept', async () => {
  const house = open()
  const first = await house.start()
  await invoke(house, first, stepOf(house, { name: 'list', run: async () => 'of the first life' }))
  // The record of the job has expired, that of its step not yet.
  const later = openMemoryHouse([step('list', 1), step('copy', 2)])
  const [left] = await house.ports.steps.list(first.job_execution_id)
  await later.ports.table.step(left!).write(undefined, left!)
  await later.executions.start(
    later.template.state_machine_arn,
    first.job_execution_id,
    textOf(inline({ again: true })),
  )
  const again = await callBy(later, first, 'list', { execution_started_at: '2026-05-01T09:00:00.000Z' })
  const ran = await stepOf(later, { name: 'list', run: async () => 'of the second life' })(
    again,
    lambdaContext(),
  )
  expect(ran).toBe('of the second life')
  const job = await later.ports.jobs.get(first.job_execution_id)
  expect(job).toMatchObject({ state: 'ONGOING', execution_started_at: '2026-05-01T09:00:00.000Z' })
  const [list] = await later.ports.steps.list(first.job_execution_id)
  expect(list).toMatchObject({ attempt: 1, result: inline('of the second life') })
})

test('a step that an expired job of the name never ran is run, shown and skipped as this job’s own', async () => {
  const first = open()
  const aborted = await first.start()
  await invoke(first, aborted, stepOf(first, { name: 'list' }))
  await (await first.abort(aborted, 'graceful')).stopping
  await first.standDown(aborted, {})
  const left = await first.ports.steps.list(aborted.job_execution_id)
  expect(left.map(({ state }) => state)).toEqual(['SUCCEEDED', 'CANCELLED'])

  const house = open()
  house.clock.advance(100 * DAY_MS)
  for (const one of left) await house.ports.table.step(one).write(undefined, one)
  const job = await house.start()
  expect(job.job_execution_id).toBe(aborted.job_execution_id)
  expect((await listSteps(house.ports, job, { limit: 9 })).items).toEqual([])
  expect(await invoke(house, job, stepOf(house, { name: 'list', run: async () => 'anew' }))).toBe('anew')
  await (await house.abort(job, 'graceful')).stopping
  await house.standDown(job, {})
  const [list, copy] = (await listSteps(house.ports, job, { limit: 9 })).items
  expect(list).toMatchObject({ attempt: 1, result: inline('anew') })
  expect(copy).toMatchObject({ state: 'CANCELLED', notified: 2 })

  const again = open()
  again.clock.advance(100 * DAY_MS)
  for (const one of left) await again.ports.table.step(one).write(undefined, one)
  const next = await again.start()
  await invoke(again, next, stepOf(again, { name: 'list' }))
  expect(await invoke(again, next, stepOf(again, { name: 'copy', run: async () => 'ran' }))).toBe('ran')
})

test('an earlier execution of the same machine and name is another one, too', async () => {
  const house = open()
  const job = await house.start()
  await invoke(house, job, stepOf(house, { name: 'list' }))
  const earlier = await callBy(house, job, 'copy', { execution_started_at: '2020-01-01T00:00:00.000Z' })
  expect((await failure(stepOf(house, { name: 'copy' })(earlier, lambdaContext()))).name).toBe('JobIdTaken')
})
