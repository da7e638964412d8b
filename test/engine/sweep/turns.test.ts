import { expect, test } from 'vitest'
import { executionArnOf, type Job } from '#core/job/job.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { inTurn } from '#engine/sweep/in-turn.ts'
import { sweep } from '#engine/sweep.ts'
import { gate } from '#test/sdk/kit.ts'
import { INVOCATION, STAND_DOWN } from '../house.ts'
import {
  abort,
  accept,
  callOf,
  type Field,
  MINUTE_MS,
  openField,
  reread,
  runStandDowns,
  standDownsOf,
  started,
} from './sweep-kit.ts'

/** Jobs in every plight that the sweeper mends. */
async function plights(field: Field): Promise<Record<string, Job>> {
  const unstarted = await accept(field)
  field.executions.all.delete(unstarted.execution_arn)
  const lost = await started(field)
  field.executions.end(lost.execution_arn, 'FAILED')
  const dead = await started(field)
  await abort(field, dead)
  await field.standDowns.start(`${dead.job_execution_id}-0`, {
    job_execution_id: dead.job_execution_id,
    end: { status: 'ABORTED', error: null, cause: null },
  })
  field.executions.end(executionArnOf(STAND_DOWN, `${dead.job_execution_id}-0`), 'FAILED')
  const late = await started(field)
  const timing = { leaseMs: 10 * MINUTE_MS, lookMs: 250, writeMs: 1000 }
  await claimStep({ ...field, timing }, callOf(field, late), { ...INVOCATION, remainingMs: 10 * MINUTE_MS })
  await abort(field, late, { force_after_seconds: 30 })
  return { unstarted, lost, dead, late }
}

test('two sweepers at once harm nothing: each job is brought on once', async () => {
  const field = openField()
  const { unstarted, lost, dead, late } = await plights(field)
  const over = await started(field)
  await abort(field, over)
  await sweep(field)
  field.clock.advance(4 * MINUTE_MS)
  const both = await Promise.all([sweep(field), sweep(field)])
  expect(both.flatMap(({ failed }) => failed)).toEqual([])
  expect(field.executions.all.get(unstarted!.execution_arn)?.status).toBe('RUNNING')
  expect(standDownsOf(field, lost)).toHaveLength(1)
  expect(standDownsOf(field, dead)).toHaveLength(2)
  expect((await reread(field, dead!)).generation).toBe(1)
  expect((await reread(field, late!)).abort_request?.escalations).toHaveLength(1)
  expect(standDownsOf(field, over)).toHaveLength(1)
})

test('two sweepers that retire the same jobs do not fail', async () => {
  const field = openField()
  const job = await started(field)
  await abort(field, job)
  field.clock.advance(MINUTE_MS)
  await sweep(field)
  await runStandDowns(field)
  field.clock.advance(4 * MINUTE_MS)
  const both = await Promise.all([sweep(field), sweep(field)])
  expect(both.flatMap(({ failed }) => failed)).toEqual([])
  expect(await field.index.ended('2099-01-01T00:00:00.000Z')).toEqual([])
})

test('while one sweeps, however long, another does not; afterwards the next one does', async () => {
  const field = openField()
  const held = gate()
  const first = inTurn(field, async () => {
    await held.passed
    return 'first'
  })
  for (let minute = 0; minute < 5; minute += 1) {
    await Promise.resolve()
    field.clock.advance(MINUTE_MS)
    await Promise.resolve()
    expect(await inTurn(field, async () => 'second')).toBeUndefined()
  }
  held.open()
  expect(await first).toBe('first')
  expect(await inTurn(field, async () => 'second')).toBe('second')
})

test('a sweep that fails gives its turn up', async () => {
  const field = openField()
  await expect(inTurn(field, () => Promise.reject(new Error('no table')))).rejects.toThrow('no table')
  expect(await inTurn(field, async () => 'next')).toBe('next')
})

test('a sweeper that was killed bars the next one for 90 seconds at most', async () => {
  const field = openField()
  const killed: Field = { ...field, clock: openField().clock }
  void inTurn(killed, () => new Promise(() => undefined))
  await Promise.resolve()
  field.clock.advance(89_000)
  expect(await inTurn(field, async () => 'early')).toBeUndefined()
  field.clock.advance(1000)
  expect(await inTurn(field, async () => 'next')).toBe('next')
})
