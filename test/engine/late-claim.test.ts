import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Store } from '#aws/table/store.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { nextCleanUps, settleJob } from '#engine/stand-down/next-hooks.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { failure, stepOf } from '#test/sdk/kit.ts'
import { startTable, type Table } from '../aws/table.ts'
import { cleanUp, endOf, type House, openHouse, step } from './house.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const open = (): House => openHouse(table.client, [step('list', 1), step('copy', 2)], { leaseMs: 200 })

/** The store, with something that happens just before one of its calls. */
const interrupted = (store: Store, call: 'getJob' | 'applyStep', happens: () => Promise<unknown>): Store => {
  let before: (() => Promise<unknown>) | undefined = happens
  const once = async (): Promise<void> => {
    const now = before
    before = undefined
    await now?.()
  }
  return {
    ...store,
    getJob: async (id) => {
      if (call === 'getJob') await once()
      return store.getJob(id)
    },
    applyStep: async (key, event, guess) => {
      if (call === 'applyStep' && event.type === 'skip') await once()
      return store.applyStep(key, event, guess)
    },
  }
}

/** The store of an attempt whose claim is written only once `happens` is over. */
const claimingAfter = (store: Store, happens: () => Promise<unknown>): Store => ({
  ...store,
  applyStep: async (key, event, guess) => {
    if (event.type === 'claim') await happens()
    return store.applyStep(key, event, guess)
  },
})

const dies = (): Promise<never> => Promise.reject(new Error('the Lambda died'))

test('a claim that is written after the stand-down looked for the last time closes its own step', async () => {
  const house = open()
  const job = await house.start()
  house.executions.end(job.execution_arn, 'FAILED')
  const standDown = () => house.standDown(job, {})
  // The whole stand-down falls between the claim's item being asked for and its write.
  const late = { ...house.stepDeps(), store: claimingAfter(house.deps.store, standDown) }
  const error = await failure(claimStep(late, house.payload(job, 'copy').standdown))
  expect(error.name).toBe('JobAborted')
  const [copy] = await house.deps.store.getSteps(job.job_execution_id)
  expect(copy).toMatchObject({ state: 'CANCELLED', touched: false, cleaned_up: true })
})

test('a claim whose Lambda dies while the job settles keeps the job from settling over it', async () => {
  const house = open()
  const job = await house.start()
  await (await house.abort(job, 'force')).stopping
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  await drain(house.deps, input)
  const dying = { ...house.stepDeps(), store: interrupted(house.deps.store, 'getJob', dies) }
  const late = () => failure(claimStep(dying, house.payload(job, 'copy').standdown))
  const deps = { ...house.deps, store: interrupted(house.deps.store, 'applyStep', late) }
  await expect(settleJob(deps, input)).rejects.toThrow('not cleaned up yet')
  expect((await house.deps.store.getJob(job.job_execution_id))?.state).toBe('CANCELLING')
  const settled = await house.standDown(job, { copy: stepOf(house, { name: 'copy' }) })
  expect(settled.state).toBe('CANCELLED')
  const states = (await house.deps.store.getSteps(job.job_execution_id)).map((one) => one.state)
  expect(states).toEqual(['CANCELLED', 'CANCELLED'])
})

test('a claim whose Lambda dies after the drain is cancelled, not failed', async () => {
  const house = open()
  const job = await house.start()
  await (await house.abort(job, 'force')).stopping
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  await drain(house.deps, input)
  const dying = { ...house.stepDeps(), store: interrupted(house.deps.store, 'getJob', dies) }
  await failure(claimStep(dying, house.payload(job, 'copy').standdown))
  const { calls } = await nextCleanUps(house.deps, input)
  expect(calls.map((call) => call.payload.standdown.key.name)).toEqual(['copy'])
  await cleanUp(house, input, { copy: stepOf(house, { name: 'copy' }) })
  const settled = await settleJob(house.deps, input)
  expect(settled).toMatchObject({ state: 'CANCELLED', left_behind: [] })
  expect((await house.deps.store.getSteps(job.job_execution_id)).map((one) => one.state)).toEqual([
    'CANCELLED',
    'CANCELLED',
  ])
})
