import { expect, test } from 'vitest'
import { timeAt } from '#core/time.ts'
import { failure } from '#test/sdk/kit.ts'
import { abort, hooksOf, openTraining } from './training.ts'

test('a claim whose reply was lost is tried again at once, and what the first still writes counts for nothing', async () => {
  const training = await openTraining()
  await training.claim(1, 0)
  const first = (await training.step()).owner!
  await training.claim(1, 1)
  expect(await training.step()).toMatchObject({
    state: 'ONGOING',
    attempt: 2,
    external: { entry: { retry: 1 } },
  })
  const decline = { type: 'decline' as const, at: timeAt(3), owner: first, abort_request: null }
  const { kind } = await training.house.ports.steps.apply(await training.step(), decline)
  expect(kind).toBe('refused')
  expect((await failure(training.claim(1, 0))).name).toBe('StepBusy')
})

test('a claim that an abort came before runs no task and needs no clean-up', async () => {
  const training = await openTraining()
  await training.claim(1, 0)
  await abort(training, 'graceful')
  expect((await failure(training.claim(1, 1))).name).toBe('JobAborted')
  expect(training.execution()).toBe('ABORTED')
  const { ran, handlers } = hooksOf(training)
  await training.house.standDown(training.job, handlers)
  expect(ran).toEqual([])
  expect(await training.step()).toMatchObject({ state: 'CANCELLED', cleaned_up: false })
})

test('who tells of the end twice changes nothing, and who is late is refused', async () => {
  const training = await openTraining()
  await training.claim()
  await training.end({ result: 1 })
  const once = await training.step()
  await training.end({ result: 1 })
  expect(await training.step()).toEqual(once)
  await abort(training, 'force', true)
  const { ran, handlers } = hooksOf(training)
  await training.house.standDown(training.job, handlers)
  expect(ran).toEqual(['revert 1'])
  expect((await failure(training.end({ error: null }))).name).toBe('StepFenced')
})

test('a force that overtakes the end leaves the step to its clean-up', async () => {
  const training = await openTraining()
  await training.claim()
  await abort(training, 'force')
  const { handlers, ran } = hooksOf(training)
  await training.house.standDown(training.job, handlers)
  expect((await failure(training.end({ result: 1 }))).name).toBe('StepFenced')
  expect(ran).toEqual(['abort, ended: null'])
})

test('an end that was never claimed is an error, and changes nothing', async () => {
  const training = await openTraining()
  const error = await failure(training.end({ result: 1 }))
  expect(error.message).toContain('the task of train has ended, but the execution')
  expect(await training.house.ports.steps.list(training.job.job_execution_id)).toEqual([])
})

test('in a loop the round that has ended is ended, and not the next by a late repeat', async () => {
  const training = await openTraining()
  const visit = (at: number) => ({ visit: timeAt(at), loop_order: 1 })
  const endOf = (at: number) => ({ entered_at: timeAt(at), loop_order: 1 })
  await training.claim(10, 0, visit(10))
  await training.end({ result: 'first' }, endOf(20))
  await training.claim(30, 0, visit(30))
  await training.end({ result: 'first' }, endOf(20))
  const states = async () =>
    (await training.house.ports.steps.list(training.job.job_execution_id)).map(({ state }) => state)
  expect(await states()).toEqual(['SUCCEEDED', 'ONGOING'])
  await training.end({ result: 'second' }, endOf(40))
  expect(await states()).toEqual(['SUCCEEDED', 'SUCCEEDED'])
})
