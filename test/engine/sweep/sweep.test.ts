import { expect, test } from 'vitest'
import { executionArnOf } from '#core/job/job.ts'
import type { Template } from '#core/template.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { sweep } from '#engine/sweep.ts'
import { EMPTY } from '#test/core/samples.ts'
import { INVOCATION, STAND_DOWN } from '../house.ts'
import {
  abort,
  accept,
  begin,
  callOf,
  DEMO,
  type Field,
  MACHINE,
  MINUTE_MS,
  openField,
  reread,
  runStandDowns,
  standDownsOf,
  started,
} from './sweep-kit.ts'

const GONE = { error: 'MachineMissingError', status: 'NOT_STARTED' }
const failing = (message: string) => () => Promise.reject(new Error(message))

async function sweepAfter(field: Field, ms: number) {
  field.clock.advance(ms)
  const swept = await sweep(field)
  expect(swept.failed).toEqual([])
  return swept
}

test('a job whose state machine was deleted before it started ends FAILED and says so', async () => {
  const field = openField()
  field.executions.missing.add(MACHINE)
  const job = await accept(field)
  expect(job.state).toBe('PENDING')
  await sweepAfter(field, MINUTE_MS)
  expect(standDownsOf(field, job)).toHaveLength(1)
  await sweepAfter(field, MINUTE_MS)
  expect(standDownsOf(field, job)).toHaveLength(1)
  await runStandDowns(field)
  expect(await reread(field, job)).toMatchObject({
    state: 'FAILED',
    closed: { end: GONE },
    fault: { exception: 'MachineMissingError', exception_message: `there is no ${MACHINE}` },
  })
})

test('a start that fails for another reason is tried again, and nothing ends', async () => {
  const field = openField()
  field.executions.missing.add(MACHINE)
  const job = await accept(field)
  field.executions.missing.clear()
  const { start } = field.executions
  field.executions.start = (machine, ...rest) =>
    machine === MACHINE ? failing('throttled')() : start.call(field.executions, machine, ...rest)
  field.clock.advance(MINUTE_MS)
  const { failed } = await sweep(field)
  expect(failed).toMatchObject([{ what: job.job_execution_id, error: { message: 'throttled' } }])
  expect(standDownsOf(field, job)).toEqual([])
  field.executions.start = start
  await sweepAfter(field, MINUTE_MS)
  expect(field.executions.all.get(job.execution_arn)?.status).toBe('RUNNING')
  expect(standDownsOf(field, job)).toEqual([])
})

const byHand = async (field: Field) => {
  const arn = executionArnOf(MACHINE, 'by-hand')
  await field.executions.start(MACHINE, 'by-hand', EMPTY)
  return begin(field, { ...(await accept(field)), job_execution_id: 'by-hand', execution_arn: arn })
}

test.each([
  ['through the API', started],
  ['in the console', byHand],
])(
  'a job started %s whose execution vanished with its machine ends FAILED and says so',
  async (_how, start) => {
    const field = openField()
    const job = await start(field)
    field.executions.all.delete(job.execution_arn)
    await sweepAfter(field, MINUTE_MS)
    await runStandDowns(field)
    expect(await reread(field, job)).toMatchObject({
      state: 'FAILED',
      fault: {
        exception: 'ExecutionDoesNotExist',
        exception_message: expect.stringContaining('its state machine was deleted'),
      },
    })
  },
)

test('a machine that cannot be listed is named; its jobs at work are not asked for one by one, others are swept', async () => {
  const other: Template = { ...DEMO, name: 'other', state_machine_arn: MACHINE.replace('demo', 'other') }
  const field = openField([DEMO, other])
  const [atWork, lost] = [await started(field), await accept(field, other)]
  field.executions.end(lost.execution_arn, 'FAILED')
  const asked: string[] = []
  const { running, describe } = field.executions
  field.executions.running = (machine) =>
    machine === MACHINE ? failing('slow down')() : running.call(field.executions, machine)
  field.executions.describe = (arn) => {
    asked.push(arn)
    return describe.call(field.executions, arn)
  }
  const { failed } = await sweep(field)
  expect(failed).toMatchObject([{ what: MACHINE, error: { message: 'slow down' } }])
  expect(asked).toEqual([lost.execution_arn])
  expect(standDownsOf(field, lost)).toHaveLength(1)
  expect(standDownsOf(field, atWork)).toEqual([])
})

test('without the list of stand-downs each is asked for, and none is started twice', async () => {
  const field = openField()
  const job = await accept(field)
  field.executions.end(job.execution_arn, 'FAILED')
  field.standDowns.running = failing('not permitted')
  for (let i = 0; i < 2; i += 1) {
    expect((await sweep(field)).failed).toMatchObject([{ what: 'stand-downs' }])
  }
  expect(standDownsOf(field, job)).toHaveLength(1)
})

test('jobs of a template that is not deployed any more are listed as long as one is active', async () => {
  const field = openField()
  const job = await started(field)
  const without: Field = { ...field, templates: openField([]).templates }
  let asked = 0
  field.executions.describe = async () => {
    asked += 1
    return undefined
  }
  field.clock.advance(MINUTE_MS)
  expect((await sweep(without)).jobs).toBe(1)
  expect(asked).toBe(0)
  expect(standDownsOf(field, job)).toEqual([])
})

test('an execution of another machine that has the name of an ended job is left alone', async () => {
  const other: Template = { ...DEMO, name: 'other', state_machine_arn: MACHINE.replace('demo', 'other') }
  const field = openField([DEMO, other])
  const job = await started(field)
  await abort(field, job)
  await sweepAfter(field, MINUTE_MS)
  await runStandDowns(field)
  await field.executions.start(other.state_machine_arn, job.job_execution_id, EMPTY)
  field.executions.stops.length = 0
  await sweepAfter(field, MINUTE_MS)
  expect(field.executions.stops).toEqual([])
})

test('a stand-down that died is started anew without asking for the execution that has ended', async () => {
  const field = openField()
  const job = await started(field)
  await abort(field, job)
  await sweepAfter(field, MINUTE_MS)
  const [first = ''] = standDownsOf(field, job)
  await field.jobs.apply(job.job_execution_id, {
    type: 'close',
    at: (await reread(field, job)).updated_at,
    end: { status: 'ABORTED', error: null, cause: null },
  })
  field.executions.end(executionArnOf(STAND_DOWN, first), 'FAILED')
  const asked: string[] = []
  const { describe } = field.executions
  field.executions.describe = (arn) => {
    asked.push(arn)
    return describe.call(field.executions, arn)
  }
  await sweepAfter(field, MINUTE_MS)
  expect(standDownsOf(field, job)).toHaveLength(2)
  expect(asked).toEqual([executionArnOf(STAND_DOWN, first)])
})

test('an abort whose step has ended is stopped by the sweeper, one whose step runs is not, until its deadline', async () => {
  const field = openField()
  const [idle, busy] = [await started(field), await started(field)]
  const timing = { leaseMs: 10 * MINUTE_MS, lookMs: 250, writeMs: 1000 }
  await claimStep({ ...field, timing }, callOf(field, busy), { ...INVOCATION, remainingMs: 10 * MINUTE_MS })
  field.executions.failStops.push(new Error('throttled'))
  await abort(field, idle, { force_after_seconds: 3600 }).catch(() => undefined)
  await abort(field, busy, { force_after_seconds: 90 })
  expect(field.executions.stops).toEqual([])
  await sweepAfter(field, MINUTE_MS)
  expect(field.executions.stops).toEqual([idle.execution_arn])
  await sweepAfter(field, MINUTE_MS)
  expect(field.executions.stops).toEqual([idle.execution_arn, busy.execution_arn])
  expect((await reread(field, busy)).abort_request).toMatchObject({
    mode: 'force',
    escalations: [{ requested_by: 'deadline' }],
  })
})

test('a deadline that has passed is not waited for, however lately the job was written', async () => {
  const field = openField()
  const job = await started(field)
  field.executions.failStops.push(new Error('throttled'))
  await abort(field, job, { force_after_seconds: 2 }).catch(() => undefined)
  await sweepAfter(field, 1000)
  expect(field.executions.stops).toEqual([])
  await sweepAfter(field, 1000)
  expect((await reread(field, job)).abort_request?.mode).toBe('force')
  expect(field.executions.stops).toEqual([job.execution_arn])
})

test('jobs that have been CANCELLING for more than an hour are counted', async () => {
  const field = openField()
  const [first, second] = [await started(field), await started(field)]
  field.executions.failStops.push(...Array.from({ length: 9 }, () => new Error('throttled')))
  await abort(field, first).catch(() => undefined)
  field.clock.advance(30 * MINUTE_MS)
  await abort(field, second).catch(() => undefined)
  field.clock.advance(30 * MINUTE_MS)
  expect(await sweep(field)).toMatchObject({ jobs: 2, cancellingOverAnHour: 0 })
  field.clock.advance(1)
  expect(await sweep(field)).toMatchObject({ jobs: 2, cancellingOverAnHour: 1 })
})
