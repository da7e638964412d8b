import { expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { cleanUpAgain } from '#engine/jobs/clean-up.ts'
import type { StandDownInput } from '#engine/ports.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { failure, invoke, stepOf } from '#test/sdk/kit.ts'
import { cleanUp, type MemoryHouse, openMemoryHouse, STAND_DOWN, step } from '../house.ts'

/** A job that is FAILED because the hooks of both its steps failed; each goes on failing while it is in `broken`. */
async function failedJob(house: MemoryHouse) {
  const broken = new Set(['list', 'copy'])
  const log: string[] = []
  const handlerOf = (name: string) =>
    stepOf(house, {
      name,
      run: () => Promise.reject(new Error(`${name} has no disk`)),
      abort: async () => {
        log.push(name)
        if (broken.has(name)) throw new Error(`${name} is stuck`)
      },
    })
  const handlers = { list: handlerOf('list'), copy: handlerOf('copy') }
  const job = await house.start()
  for (const handler of Object.values(handlers)) await failure(invoke(house, job, handler))
  await (await house.abort(job, 'force')).stopping
  const settled = await house.standDown(job, handlers)
  log.length = 0
  return { job: settled, handlers, broken, log }
}

const open = (): MemoryHouse => openMemoryHouse([step('list', 1), step('copy', 2)])
const again = (house: MemoryHouse, { job_execution_id }: Job, requested_by = 'ben') =>
  cleanUpAgain(house.ports, { job_execution_id, requested_by })

/** What the stand-down's workflow does, as it was started. */
async function run(house: MemoryHouse, job: Job, handlers: Parameters<typeof cleanUp>[2]): Promise<Job> {
  const arns = [...house.executions.all.keys()].filter((arn) => arn.endsWith('-again'))
  const input = JSON.parse(house.executions.all.get(arns.at(-1)!)!.input) as StandDownInput
  await drain(house.ports, input)
  await cleanUp(house, input, handlers)
  expect(job.job_execution_id).toBe(input.job_execution_id)
  return settleJob(house.ports, input)
}

test('a failed clean-up is repeated as often as needed: the job stays FAILED, and what is left shrinks', async () => {
  const house = open()
  const { job, handlers, broken, log } = await failedJob(house)
  expect(job).toMatchObject({ state: 'FAILED', fault: { exception: 'CleanUpFailed' } })
  expect(job.left_behind).toHaveLength(2)

  broken.delete('copy')
  await again(house, job, 'anna')
  const first = await run(house, job, handlers)
  expect(first).toMatchObject({ state: 'FAILED', fault: job.fault, left_behind: ['list: list is stuck'] })
  expect(first.clean_up).toMatchObject({ run: 1, requested_by: 'anna', ended_at: expect.any(String) })

  broken.delete('list')
  await again(house, job, 'ben')
  const second = await run(house, job, handlers)
  expect(second).toMatchObject({
    state: 'FAILED',
    left_behind: [],
    clean_up: { run: 2, requested_by: 'ben' },
  })
  expect(log).toEqual(['copy', 'list', 'list'])

  const [list, copy] = await house.ports.steps.list(job.job_execution_id)
  expect(list).toMatchObject({ state: 'FAILED', cleaned_up: true, clean_up: { fault: null } })
  expect(copy).toMatchObject({ state: 'FAILED', cleaned_up: true, clean_up: { fault: null } })
})

test('one runs at a time: a request while it runs changes nothing and starts nothing', async () => {
  const house = open()
  const { job } = await failedJob(house)
  const first = await again(house, job, 'anna')
  await first.starting
  const second = await again(house, job, 'ben')
  await second.starting
  expect([first.changed, second.changed]).toEqual([true, false])
  expect(second.job.clean_up).toMatchObject({ run: 1, requested_by: 'anna' })
  const started = [...house.executions.all.keys()].filter((arn) => arn.endsWith('-again'))
  expect(started).toEqual([expect.stringContaining(STAND_DOWN.split(':').at(-1)!)])
})

test('it is refused where nothing is left behind, and in a job that is not FAILED', async () => {
  const house = open()
  const running = await house.start()
  expect((await failure(again(house, running))).name).toBe('JobEndedError')
  house.executions.end(running.execution_arn, 'FAILED')
  const clean = await house.standDown(running, {})
  expect(clean).toMatchObject({ state: 'FAILED', left_behind: [] })
  expect(await failure(again(house, running))).toMatchObject({ state: 'FAILED' })
})

test('an abort of such a job is refused, and names the way to repeat its clean-up', async () => {
  const house = open()
  const { job } = await failedJob(house)
  const error = await failure(house.abort(job, 'force'))
  expect(error.message).toContain(`POST /jobs/${job.job_execution_id}/clean-up`)
})

test('the fault of the step itself stays beside that of its clean-up', async () => {
  const house = open()
  const { job } = await failedJob(house)
  const [, copy] = await house.ports.steps.list(job.job_execution_id)
  expect(copy).toMatchObject({ fault: { exception_message: 'copy has no disk', function_name: 'run' } })
  expect(copy?.clean_up?.fault).toMatchObject({ exception_message: 'copy is stuck', function_name: 'abort' })
})
