import { expect, test } from 'vitest'
import { decode, encode } from '#aws/table/codec.ts'
import { stepKey } from '#aws/table/keys.ts'
import type { Hook } from '#core/clean-up/hook.ts'
import type { Step } from '#core/step/step.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { STEPS } from '#test/core/samples.ts'
import { failure, stepOf } from '#test/sdk/kit.ts'
import { INVOCATION, type MemoryHouse, openMemoryHouse, step } from '../house.ts'

const open = (): MemoryHouse => openMemoryHouse([step('copy', 1, { mapped: true, hooks: ['abort'] })])

async function claimWith(house: MemoryHouse, data: { rank?: unknown; index?: unknown }) {
  const job = await house.start()
  const call = { ...house.payload(job, 'copy', 3).standdown, ...data }
  const claiming = claimStep(house.stepPorts(), call, INVOCATION)
  const error = await failure(claiming.then(() => Promise.reject(new Error('claimed'))))
  const [claimed] = await house.ports.steps.list(job.job_execution_id)
  return { job, error, claimed }
}

const RANKS = [0, -7, 0.1, 1e-300, 5e-324, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]

test.each(RANKS)('the rank %d is kept as it is, by the table, too', async (rank) => {
  const { error, claimed } = await claimWith(open(), { rank })
  expect(error.message).toBe('claimed')
  expect(claimed?.rank).toBe(rank)
  const kept: Step = { ...STEPS['ONGOING, live']!, rank }
  expect(decode<Step>(encode(stepKey(kept), kept)).rank).toBe(rank)
})

test.each([
  [['revert'], ['revert']],
  [['abort', 'dance'], ['abort']],
  [[], []],
  ['abort', null],
  [{ abort: true }, null],
])('the hooks %j of a call are kept as %j', async (hooks, kept) => {
  const house = open()
  const job = await house.start()
  const call = { ...house.payload(job, 'copy', 3).standdown, hooks: hooks as Hook[] }
  await claimStep(house.stepPorts(), call, INVOCATION)
  const [claimed] = await house.ports.steps.list(job.job_execution_id)
  expect(claimed?.hooks).toEqual(kept)
})

const NO_RANKS: [string, unknown][] = [
  ['a number whose last digits are lost', 2 ** 53],
  ['one larger than a table has', 1e300],
  ['no number at all', null],
  ['a text', '7'],
  ['an object', { rank: 7 }],
]

test.each(NO_RANKS)(
  'a rank that is %s fails its step, which says so, and is given back',
  async (_title, rank) => {
    const house = open()
    const { job, error, claimed } = await claimWith(house, { rank })
    expect(error).toMatchObject({
      name: 'ValueNotKept',
      message: expect.stringMatching(/^the rank of copy is /),
    })
    expect(claimed).toMatchObject({ rank: null, attempt_ended: true, fault: { exception: 'ValueNotKept' } })
    house.executions.end(job.execution_arn, 'FAILED', { error: 'ValueNotKept', cause: error.message })
    const settled = await house.standDown(job, {
      copy: stepOf(house, { name: 'copy', run: async () => undefined, abort: async () => undefined }),
    })
    expect(settled).toMatchObject({ state: 'FAILED', fault: { module_name: 'copy' } })
  },
)

test.each([[-1], [0.5], [2 ** 53], [null], ['a/b'], [{}]])(
  'an index that is not its Map’s is refused before anything is written: %j',
  async (index) => {
    const { error, claimed } = await claimWith(open(), { index })
    expect(error).toMatchObject({ name: 'ValueNotKept', message: expect.stringContaining('$.index') })
    expect(claimed).toBeUndefined()
  },
)

test.each([[0], [9_999_999], ['3.1'], ['12.0.4']])('an index of a Map is taken: %j', async (index) => {
  const { claimed } = await claimWith(open(), { index })
  expect(claimed?.index).toBe(index)
})
