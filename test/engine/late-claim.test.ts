import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StepEvent } from '#core/step/reducer.ts'
import type { Jobs, Steps } from '#engine/ports.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { failure, stepOf } from '#test/sdk/kit.ts'
import { startTable, type Table } from '../aws/table.ts'
import { cleanUp, endOf, type House, INVOCATION, openHouse, step } from './house.ts'
import { withCalls } from './with-calls.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const open = (): House => openHouse(table.client, [step('list', 1), step('copy', 2)], { leaseMs: 200 })

/** Lets something happen just before the first of the calls it is asked about. */
function before(happens: () => Promise<unknown>): () => Promise<void> {
  let pending: (() => Promise<unknown>) | undefined = happens
  return async () => {
    const now = pending
    pending = undefined
    await now?.()
  }
}

/** Jobs that cannot be read the first time, as the Lambda dies then. */
function dyingAtTheJob(jobs: Jobs): Jobs {
  const first = before(dies)
  return withCalls(jobs, {
    get: async (id) => {
      await first()
      return jobs.get(id)
    },
  })
}

/** Steps of which one is changed by an event of this type only once `happens` is over. */
function delayed(steps: Steps, type: StepEvent['type'], happens: () => Promise<unknown>): Steps {
  const first = before(happens)
  return withCalls(steps, {
    apply: async (key, event, guess) => {
      if (event.type === type) await first()
      return steps.apply(key, event, guess)
    },
  })
}

const dies = (): Promise<never> => Promise.reject(new Error('the Lambda died'))

test('a claim that is written after the stand-down looked for the last time closes its own step', async () => {
  const house = open()
  const job = await house.start()
  house.executions.end(job.execution_arn, 'FAILED')
  const standDown = () => house.standDown(job, {})
  // The whole stand-down falls between the claim's item being asked for and its write.
  const late = { ...house.stepPorts(), steps: delayed(house.ports.steps, 'claim', standDown) }
  const error = await failure(claimStep(late, house.payload(job, 'copy').standdown, INVOCATION))
  expect(error.name).toBe('JobAborted')
  const [copy] = await house.ports.steps.list(job.job_execution_id)
  expect(copy).toMatchObject({ state: 'CANCELLED', touched: false, cleaned_up: false })
})

test('a claim whose Lambda dies while the job settles keeps the job from settling over it', async () => {
  const house = open()
  const job = await house.start()
  await (await house.abort(job, 'force')).stopping
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  await drain(house.ports, input)
  const dying = { ...house.stepPorts(), jobs: dyingAtTheJob(house.ports.jobs) }
  const late = () => failure(claimStep(dying, house.payload(job, 'copy').standdown, INVOCATION))
  const ports = { ...house.ports, steps: delayed(house.ports.steps, 'skip', late) }
  await expect(settleJob(ports, input)).rejects.toThrow('not cleaned up yet')
  expect((await house.ports.jobs.get(job.job_execution_id))?.state).toBe('CANCELLING')
  const settled = await house.standDown(job, { copy: stepOf(house, { name: 'copy' }) })
  expect(settled.state).toBe('CANCELLED')
  const states = (await house.ports.steps.list(job.job_execution_id)).map((one) => one.state)
  expect(states).toEqual(['CANCELLED', 'CANCELLED'])
})

test('a claim whose Lambda dies after the drain is cancelled, not failed', async () => {
  const house = open()
  const job = await house.start()
  await (await house.abort(job, 'force')).stopping
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  await drain(house.ports, input)
  const dying = { ...house.stepPorts(), jobs: dyingAtTheJob(house.ports.jobs) }
  await failure(claimStep(dying, house.payload(job, 'copy').standdown, INVOCATION))
  const { calls } = await nextHookRound(house.ports, input)
  expect(calls.map((call) => call.payload.standdown.key.name)).toEqual(['copy'])
  await cleanUp(house, input, { copy: stepOf(house, { name: 'copy' }) })
  const settled = await settleJob(house.ports, input)
  expect(settled).toMatchObject({ state: 'CANCELLED', left_behind: [] })
  expect((await house.ports.steps.list(job.job_execution_id)).map((one) => one.state)).toEqual([
    'CANCELLED',
    'CANCELLED',
  ])
})
