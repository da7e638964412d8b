import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { executionArnOf } from '#core/job/job.ts'
import { sweep } from '#engine/sweep.ts'
import { EMPTY } from '#test/core/samples.ts'
import { failure, invoke, stepOf } from '#test/sdk/kit.ts'
import { startTable, TABLE, type Table } from '../../aws/table.ts'
import { type House, openHouse, STAND_DOWN, step } from '../house.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const open = (): House => openHouse(table.client, [step('list', 1), step('copy', 2)])
const AT = '2026-01-31T09:00:00.000Z'
const put = (item: object) =>
  table.client.send(new PutItemCommand({ TableName: TABLE, Item: marshall(item) }))

/** A job's item as the first version wrote it: nothing of layout, of the execution's start or of clean-ups. */
async function jobOfLayout1(house: House, id: string, more: object) {
  const execution_arn = executionArnOf(house.template.state_machine_arn, id)
  await put({
    pk: id,
    sk: 'JOB',
    kind: 'job',
    job_execution_id: id,
    template: 'demo',
    tenant_id: 'default',
    execution_arn,
    input: {},
    created_at: AT,
    created_by: 'me',
    updated_at: AT,
    version: 2,
    epoch: 1,
    notified: 1,
    generation: 0,
    left_behind: [],
    active: 'yes',
    list_key: `${AT}#${id}`,
    write_id: 'of the first version',
    ...more,
  })
  return (await house.ports.jobs.get(id))!
}

/** A step that an attempt of the first version claimed, which then died. */
const stepOfLayout1 = (id: string, name: string, order: number) =>
  put({
    pk: id,
    sk: `STEP#0000${order}#${name}`,
    kind: 'step',
    job_execution_id: id,
    name,
    order,
    template: 'demo',
    state: 'ONGOING',
    abortable: 'checkpoint',
    attempt: 1,
    owner: 'an attempt of the first version',
    epoch: 1,
    started_at: AT,
    updated_at: AT,
    lease_until: AT,
    dead_by: AT,
    attempt_ended: false,
    touched: true,
    checkpoint: { half: true },
    cleaned_up: false,
    version: 3,
    notified: 0,
  })

const ONGOING = { state: 'ONGOING', started_at: AT }
const CANCELLING = {
  ...ONGOING,
  state: 'CANCELLING',
  abort_request: {
    mode: 'graceful',
    reason: null,
    requested_by: 'someone',
    requested_at: AT,
    force_at: null,
    rollback: false,
    escalations: [],
  },
}

const run = (house: House, id: string): Promise<boolean> =>
  house.executions.start(house.template.state_machine_arn, id, EMPTY)
const statusOf = (house: House, arn: string): string | undefined => house.executions.all.get(arn)?.status
const standDownArn = (id: string, generation: number): string =>
  executionArnOf(STAND_DOWN, `${id}-${generation}`)

async function swept(house: House): Promise<void> {
  expect((await sweep(house.ports)).failed).toEqual([])
}

test('a job of layout 1 whose execution was stopped in the console is found, stood down and settled', async () => {
  const house = open()
  const job = await jobOfLayout1(house, 'old-stopped', ONGOING)
  await stepOfLayout1('old-stopped', 'copy', 2)
  await run(house, 'old-stopped')
  house.executions.end(job.execution_arn, 'ABORTED', { error: null, cause: 'by hand' })
  await swept(house)
  expect(statusOf(house, standDownArn('old-stopped', 0))).toBe('RUNNING')
  const seen: unknown[] = []
  const copy = stepOf(house, {
    name: 'copy',
    abort: async ({ checkpoint }) => {
      seen.push(checkpoint)
    },
  })
  const settled = await house.standDown(job, { copy })
  expect(settled).toMatchObject({ state: 'CANCELLED', abort_request: { requested_by: 'external' } })
  expect(seen).toEqual([{ half: true }])
  const steps = await house.ports.steps.list('old-stopped')
  expect(steps.map(({ name, state, cleaned_up }) => [name, state, cleaned_up])).toEqual([
    ['list', 'CANCELLED', false],
    ['copy', 'CANCELLED', true],
  ])
})

test('a job of layout 1 that is being cancelled is stopped once its attempts are dead', async () => {
  const house = open()
  const job = await jobOfLayout1(house, 'old-idle', CANCELLING)
  await stepOfLayout1('old-idle', 'copy', 2)
  await run(house, 'old-idle')
  await swept(house)
  expect(statusOf(house, job.execution_arn)).toBe('ABORTED')
  const copy = stepOf(house, { name: 'copy' })
  expect((await house.standDown(job, { copy })).state).toBe('CANCELLED')
})

test('a job of layout 1 that was accepted but not started is started, and its steps run', async () => {
  const house = open()
  const job = await jobOfLayout1(house, 'old-pending', { state: 'PENDING' })
  await swept(house)
  expect(statusOf(house, job.execution_arn)).toBe('RUNNING')
  await invoke(house, job, stepOf(house, { name: 'list', run: async () => 'done' }))
  expect(await house.ports.jobs.get('old-pending')).toMatchObject({ state: 'ONGOING' })
})

test('a stand-down of layout 1 that died after it closed the job is started anew, and settles it', async () => {
  const house = open()
  const closed = { at: AT, end: { status: 'FAILED', error: 'DiskFull', cause: 'no space' } }
  const job = await jobOfLayout1(house, 'old-closed', { ...ONGOING, closed })
  await run(house, 'old-closed')
  house.executions.end(job.execution_arn, 'FAILED')
  await house.executions.start(STAND_DOWN, 'old-closed-0', EMPTY)
  house.executions.end(standDownArn('old-closed', 0), 'FAILED')
  await swept(house)
  expect(statusOf(house, standDownArn('old-closed', 1))).toBe('RUNNING')
  const settled = await house.standDown(job, {})
  expect(settled).toMatchObject({ state: 'FAILED', fault: { exception: 'DiskFull' } })
})

test('a job of layout 1 that has ended gets its last look, and its redriven execution is stopped', async () => {
  const house = open()
  const ended = { ...CANCELLING, state: 'CANCELLED', ended_at: AT, active: 'ended' }
  const job = await jobOfLayout1(house, 'old-ended', ended)
  await run(house, 'old-ended')
  await swept(house)
  expect(statusOf(house, job.execution_arn)).toBe('ABORTED')
  const left = await house.ports.index.ended('2099-01-01T00:00:00.000Z')
  expect(left.map(({ job_execution_id }) => job_execution_id)).not.toContain('old-ended')
  expect(await house.ports.jobs.get('old-ended')).toEqual(job)
  expect((await failure(house.abort(job, 'force'))).name).toBe('JobEndedError')
})
