import { expect, test } from 'vitest'
import { notificationsOf } from '#core/notifications/envelope.ts'
import { commitJob } from '#engine/jobs/commit.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { failure, invoke, stepOf } from '#test/sdk/kit.ts'
import { INVOCATION, type MemoryHouse, openMemoryHouse, step } from '../house.ts'

const open = (): MemoryHouse => openMemoryHouse([step('list', 1), step('copy', 2)])

/** An attempt that never says anything, as after process.exit, an unhandled rejection or its Lambda's time-out. */
async function dieSilently(house: MemoryHouse, payload: ReturnType<MemoryHouse['payload']>): Promise<void> {
  await claimStep(house.stepPorts(), payload.standdown, INVOCATION)
  house.clock.advance(INVOCATION.remainingMs)
}

const sent = (house: MemoryHouse): string[] =>
  house.ports.table.writes.flatMap(({ before, after }) =>
    notificationsOf(before, after, (text) => text).map(({ notification }) => notification.event_type),
  )

test.each(['Runtime.ExitError', 'Sandbox.Timedout', 'States.Timeout'])(
  'a process that ends of %s, in a job nobody aborts: the step is FAILED with that fault, as by throw',
  async (error) => {
    const house = open()
    const job = await house.start()
    await invoke(house, job, stepOf(house, { name: 'list' }))
    await dieSilently(house, house.payload(job, 'copy'))
    house.executions.end(job.execution_arn, 'FAILED', { error, cause: 'exit code 1' })
    const settled = await house.standDown(job, { copy: stepOf(house, { name: 'copy' }) })
    const fault = {
      exception: error,
      exception_message: 'exit code 1',
      module_name: 'copy',
      function_name: 'run',
    }
    expect(settled).toMatchObject({ state: 'FAILED', fault, left_behind: [] })
    const [, copy] = await house.ports.steps.list(job.job_execution_id)
    expect(copy).toMatchObject({ state: 'FAILED', fault })
    expect(sent(house)).toEqual(['job.execution.start', 'job.execution.error'])
  },
)

test('the fault of the job names the step that threw, in the words of the step', async () => {
  const house = open()
  const job = await house.start()
  const copy = stepOf(house, {
    name: 'copy',
    run: () => Promise.reject(Object.assign(new Error('no space left'), { name: 'DiskFullError' })),
  })
  await failure(invoke(house, job, copy))
  house.executions.end(job.execution_arn, 'FAILED', {
    error: 'DiskFullError',
    cause: '{"errorMessage":"no sp',
  })
  const { fault } = await house.standDown(job, { copy })
  expect(fault).toEqual({
    exception: 'DiskFullError',
    exception_message: 'no space left',
    module_name: 'copy',
    function_name: 'run',
  })
})

test('a step that a committed job left open says so, where its attempt never does', async () => {
  const house = open()
  const job = await house.start()
  await dieSilently(house, house.payload(job, 'copy'))
  await invoke(house, job, stepOf(house, { name: 'list' }))
  await commitJob(house.ports, house.payload(job, 'list').standdown)
  await house.standDown(job, { copy: stepOf(house, { name: 'copy' }) })
  const [, copy] = await house.ports.steps.list(job.job_execution_id)
  expect(copy).toMatchObject({ state: 'FAILED', fault: { exception: 'StepAbandoned', module_name: 'copy' } })
  expect((await house.ports.jobs.get(job.job_execution_id))?.state).toBe('SUCCEEDED')
})
