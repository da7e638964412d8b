import { expect, test } from 'vitest'
import { viewStep } from '#core/api/job-view.ts'
import type { Job } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import { planJobAbort } from '#engine/jobs/abort.ts'
import { commitJob } from '#engine/jobs/commit.ts'
import { nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { failure } from '#test/sdk/kit.ts'
import { lambdaContext } from '../house.ts'
import { abort, hooksOf, openTraining, type Training } from './training.ts'

const viewOf = async (training: Training, job: Job) => viewStep(await training.step(), job, timeAt(0))

test('a graceful abort waits for the task, then stops the execution behind it', async () => {
  const training = await openTraining()
  await training.claim()
  await abort(training, 'graceful')
  expect(training.execution()).toBe('RUNNING')
  await training.house.pass(24 * 3_600_000)
  await training.end({ result: { model: 7 } })
  expect(training.execution()).toBe('ABORTED')
  const { ran, handlers } = hooksOf(training)
  const settled = await training.house.standDown(training.job, handlers)
  expect(settled.state).toBe('CANCELLED')
  expect(await training.step()).toMatchObject({ state: 'SUCCEEDED', result: { text: '{"model":7}' } })
  expect(ran).toEqual([])
})

test('a graceful abort stops a task that is to be stopped with its execution at once', async () => {
  const training = await openTraining('stop')
  await training.claim()
  await abort(training, 'graceful')
  expect(training.execution()).toBe('ABORTED')
  const { ran, handlers } = hooksOf(training)
  const settled = await training.house.standDown(training.job, handlers)
  expect(settled.state).toBe('CANCELLED')
  expect(ran).toEqual(['abort, ended: null'])
  expect(await viewOf(training, settled)).toMatchObject({
    state: 'CANCELLED',
    cleaned_up: true,
    external: { stop: 'requested' },
  })
})

test('force does not wait for the task: it was asked to stop, and until a look shows the end its record says no more', async () => {
  const training = await openTraining()
  await training.claim()
  await abort(training, 'force')
  const looks = [false, false, true]
  const seen: (string | null | undefined)[] = []
  const { ran, handlers } = hooksOf(training, {
    hasEnded: async () => {
      seen.push((await training.step()).external?.stop)
      return looks.shift()!
    },
  })
  const settled = await training.house.standDown(training.job, handlers)
  expect(settled.state).toBe('CANCELLED')
  expect(seen).toEqual(['requested', 'requested', 'requested'])
  expect(ran).toEqual(['abort, ended: false', 'abort, ended: false', 'abort, ended: true'])
  expect(await training.step()).toMatchObject({ cleaned_up: true, external: { stop: 'ended' } })
})

test('work that does not end is told as left behind', async () => {
  const training = await openTraining()
  await training.claim()
  await abort(training, 'force')
  const { handlers } = hooksOf(training, { hasEnded: async () => false })
  const end = { status: 'ABORTED' as const, error: null, cause: null }
  const input = { job_execution_id: training.job.job_execution_id, end }
  await training.house.ports.jobs.apply(input.job_execution_id, { type: 'close', at: timeAt(0), end })
  const { calls } = await nextHookRound(training.house.ports, input)
  const error = await failure(handlers.train(calls[0]!.payload, lambdaContext()))
  expect(error).toMatchObject({ name: 'StepBusy', message: expect.stringContaining('has not ended yet') })
  const results = [{ ...calls[0]!, error: { Error: error.name, Cause: error.message } }]
  await nextHookRound(training.house.ports, { ...input, results })
  expect(await training.step()).toMatchObject({
    state: 'FAILED',
    cleaned_up: false,
    clean_up: { fault: { exception_message: expect.stringContaining('has not ended yet') } },
    external: { stop: 'requested' },
  })
})

test('a task that fails is FAILED at once, with its error, and is cleaned up with its job', async () => {
  const training = await openTraining()
  await training.claim()
  await training.end({ error: { Error: 'Glue.Broken', Cause: '{"errorMessage":"no disk"}' } })
  const fault = {
    exception: 'Glue.Broken',
    exception_message: 'no disk',
    module_name: 'train',
    function_name: 'task',
  }
  expect(await training.step()).toMatchObject({ state: 'FAILED', fault, external: { stop: null } })
  training.house.executions.end(training.job.execution_arn, 'FAILED', { error: 'Glue.Broken', cause: 'x' })
  const { ran, handlers } = hooksOf(training)
  const settled = await training.house.standDown(training.job, handlers)
  expect(settled).toMatchObject({ state: 'FAILED', fault, left_behind: [] })
  expect(ran).toEqual(['abort, ended: true'])
  expect(await training.step()).toMatchObject({ state: 'FAILED', fault, cleaned_up: true })
})

test.each(['States.Timeout', 'States.HeartbeatTimeout'])(
  'a task that Step Functions gives up by %s was asked to stop, and may go on',
  async (error) => {
    const training = await openTraining()
    await training.claim()
    await training.end({ error: { Error: error } })
    expect(await training.step()).toMatchObject({
      state: 'FAILED',
      fault: { exception_message: 'the task failed and gave no cause' },
      external: { stop: 'requested' },
    })
  },
)

test('a failed task whose chain went on to the commit is cleaned up behind it', async () => {
  const training = await openTraining()
  const { house, job } = training
  await training.claim()
  await training.end({ error: null })
  await commitJob(house.ports, training.call(9))
  training.ended('SUCCEEDED')
  const { ran, handlers } = hooksOf(training)
  await house.standDown(job, handlers)
  expect(ran).toEqual(['abort, ended: true'])
  expect((await house.ports.jobs.get(job.job_execution_id))?.state).toBe('SUCCEEDED')
})

test('the clean-up of a failed task is taken up again where its Lambda died', async () => {
  const training = await openTraining()
  await training.claim()
  await training.end({ error: null })
  training.ended('FAILED')
  const { ran, handlers } = hooksOf(training)
  const end = { status: 'FAILED' as const, error: null, cause: null }
  const input = { job_execution_id: training.job.job_execution_id, end }
  await training.house.ports.jobs.apply(input.job_execution_id, { type: 'close', at: timeAt(0), end })
  const { calls } = await nextHookRound(training.house.ports, input)
  const { hook, key, epoch, call = '' } = calls[0]!.payload.standdown
  const lease = { owner: 'dead', epoch, lease_until: timeAt(5), dead_by: timeAt(5) }
  await training.house.ports.steps.apply(key, { type: 'take-over', at: timeAt(0), lease, hook, call })
  await training.house.pass(10)
  await training.house.standDown(training.job, handlers)
  expect(ran).toEqual(['abort, ended: true'])
})

test('a failed task whose function cannot be invoked is told as left behind', async () => {
  const training = await openTraining()
  await training.claim()
  await training.end({ error: null })
  training.ended('FAILED')
  const gone = async (): Promise<never> => {
    throw Object.assign(new Error('the function is gone'), { name: 'Lambda.ResourceNotFoundException' })
  }
  const handlers = { train: gone as unknown as ReturnType<typeof hooksOf>['handlers']['train'] }
  const settled = await training.house.standDown(training.job, handlers)
  expect(settled).toMatchObject({ state: 'FAILED', left_behind: ['train: the function is gone'] })
})

test.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)(
  'what is to last no longer than its job is taken down where the execution ends %s',
  async (status) => {
    const training = await openTraining('boundary', { revert_when: 'not-committed' })
    await training.claim()
    await training.end({ result: { cluster: 'j-1' } })
    training.ended(status)
    const { ran, handlers } = hooksOf(training)
    const settled = await training.house.standDown(training.job, handlers)
    expect(settled.state).toBe(status === 'ABORTED' ? 'CANCELLED' : 'FAILED')
    expect(ran).toEqual(['revert {"cluster":"j-1"}'])
    expect(await training.step()).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
  },
)

test('what is to last no longer than its job stays where the job is committed: its chain took it down', async () => {
  const training = await openTraining('boundary', { revert_when: 'not-committed' })
  await training.claim()
  await training.end({ result: null })
  await commitJob(training.house.ports, training.call(9))
  expect(await training.step()).toMatchObject({ state: 'SUCCEEDED' })
})

test.each([
  ['boundary', 'graceful', ['stop_at_boundary', 'stays']],
  ['boundary', 'force', ['stop_now', 'clean_up']],
  ['stop', 'graceful', ['stop_now', 'clean_up']],
] as const)('the plan of a running %s task for %s says %j', async (abortable, mode, actions) => {
  const training = await openTraining(abortable)
  await training.claim()
  const command = { mode, rollback: false, reason: null, requested_by: 'me', force_after_seconds: null }
  const { job_execution_id } = training.job
  const plan = await planJobAbort(training.house.ports, { job_execution_id, ...command })
  expect(plan.steps[0]).toMatchObject({ name: 'train', actions })
})
