import { type AttributeValue, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { decode } from '#aws/table/codec.ts'
import { marshalledKey } from '#aws/table/keys.ts'
import { TableNotifications } from '#aws/table/notifications.ts'
import { viewJob } from '#core/api/job-view.ts'
import type { Job } from '#core/job/job.ts'
import { LAYOUT } from '#core/layout.ts'
import { notification as schema } from '#core/notifications/schemas.ts'
import type { Step } from '#core/step/step.ts'
import { plainJson } from '#core/text/plain-json.ts'
import { lambdaContext, openHouse, step } from '#test/engine/house.ts'
import { stepOf } from '#test/sdk/kit.ts'
import { startTable, TABLE, type Table } from '../table.ts'
// Written by the version before items said their layout.
import ITEMS from './layout-1.json' with { type: 'json' }

type Item = Record<string, AttributeValue>
const items = ITEMS as unknown as Item[]
const INPUT = { keys: ['a', 'b'], deep: { list: [{ n: 1.5 }, [], {}], none: null, yes: true }, text: '世' }
const RESULT = { batches: [{ keys: 2 }, 'b'], size: 12.5, none: null }
const CHECKPOINT = { done: ['a'], next: { part: 3 } }
const END = { status: 'ABORTED' as const, error: 'JobAborted', cause: null }

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())
beforeEach(async () => {
  for (const Item of items) await table.client.send(new PutItemCommand({ TableName: TABLE, Item }))
})

const stored = async (pk: string, sk: string): Promise<Item> =>
  (await table.client.send(new GetItemCommand({ TableName: TABLE, Key: marshalledKey({ pk, sk }) }))).Item ??
  {}

/** Maps of the older layout came in any order. */
const parsed = (attribute: AttributeValue | undefined): unknown => JSON.parse(attribute?.S ?? 'null')

const open = () => {
  const house = openHouse(table.client, [step('list', 1), step('copy', 2)])
  const seen: unknown[] = []
  const copy = stepOf(house, {
    name: 'copy',
    run: async (_input, { resumeFrom, job }) => {
      seen.push({ resumeFrom, input: job.input })
      return 'copied'
    },
    abort: async ({ checkpoint, job }) => void seen.push({ aborted: checkpoint, input: job.input }),
  })
  const list = stepOf(house, {
    name: 'list',
    revert: async ({ result }) => void seen.push({ reverted: result }),
  })
  return { house, seen, handlers: { copy, list } }
}

test('values that were maps and lists are read as texts, and shown as they were', () => {
  const [job, list, copy] = items.map((item) => decode<Job | Step>(item)) as [Job, Step, Step]
  expect(job).toMatchObject({ layout: 1, state: 'ONGOING', not_undone: [], clean_up: null })
  const shown = JSON.parse(
    plainJson(viewJob(job, { steps: [list, copy], template: null, now: job.created_at })),
  )
  expect(shown).toMatchObject({ input: INPUT, progress: { done: 1, total: 2, unit: 'objects' } })
  expect(list).toMatchObject({ layout: 1, result: { text: expect.any(String) }, hooks: null, fenced: false })
})

test.each([
  ['is aborted by force, with rollback', 'running', 'force'],
  ['was being aborted gracefully', 'aborting', null],
] as const)('a job that %s is stood down and settled', async (_what, id, mode) => {
  const { house, seen, handlers } = open()
  const found = (await house.ports.jobs.get(id))!
  const rollback = mode !== null
  if (mode) await house.abort(found, mode, { rollback })
  const job = (await house.ports.jobs.get(id))!
  house.executions.all.set(job.execution_arn, {
    ...{ name: id, status: 'ABORTED', started_at: job.created_at, end: END },
    input: 'text' in job.input ? job.input.text : ('{}' as never),
  })
  const settled = await house.standDown(job, handlers)
  expect(settled).toMatchObject({ state: 'CANCELLED', layout: LAYOUT })
  const undone = rollback ? [{ reverted: RESULT }] : []
  expect(seen).toEqual([{ aborted: CHECKPOINT, input: INPUT }, ...undone])
  const states = (await house.ports.steps.list(id)).map(({ name, state }) => `${name} ${state}`)
  expect(states).toEqual([`list ${rollback ? 'CANCELLED' : 'SUCCEEDED'}`, 'copy CANCELLED'])
})

test('an item that was changed once has no part of the older layout left', async () => {
  const { house } = open()
  const job = (await house.ports.jobs.get('running'))!
  await house.abort(job, 'graceful')
  const written = await stored('running', 'JOB')
  expect([written.layout?.N, parsed(written.input)]).toEqual([String(LAYOUT), INPUT])
  const copy = (await house.ports.steps.list('running'))[1]!
  const at = new Date().toISOString()
  const fence = { type: 'fence' as const, at, epoch: 2, abort_request: null, fault: null }
  const { item } = await house.ports.steps.apply(copy, { ...fence, abort_request: job.abort_request })
  const { layout, checkpoint, progress } = await stored('running', 'STEP#00002#copy')
  const parts = [layout?.N, parsed(checkpoint), parsed(progress)]
  expect(parts).toEqual([String(LAYOUT), CHECKPOINT, { done: 1, total: 2, unit: 'objects' }])
  expect(await house.ports.steps.get(copy)).toEqual(item)
})

test('a step that was given back goes on from its checkpoint, and finishes', async () => {
  const { house, seen, handlers } = open()
  const job = (await house.ports.jobs.get('given-back'))!
  expect(await handlers.copy(house.payload(job, 'copy'), lambdaContext())).toBe('copied')
  expect(seen).toEqual([{ resumeFrom: CHECKPOINT, input: INPUT }])
  const { result, checkpoint } = await stored('given-back', 'STEP#00002#copy')
  expect([parsed(result), parsed(checkpoint)]).toEqual(['copied', CHECKPOINT])
  expect(await handlers.list(house.payload(job, 'list'), lambdaContext())).toEqual(RESULT)
})

test('a notification that was kept before clean-ups could be repeated has the shape of today', async () => {
  const data = {
    job: { job_execution_id: 'old', template: 'any' },
    step: null,
    state: 'ONGOING',
    abort_request: null,
  }
  const payload = { namespace: 'standdown', name: 'JobExecutionPayload', version: '1.0' }
  const detail = {
    message_id: 'm1',
    event_type: 'job.execution.start',
    priority: 'INFO',
    publisher_id: 'standdown',
    timestamp: '2026-01-01T00:00:00.000Z',
    sequence: 1,
    payload: { ...payload, data: { ...data, fault: null } },
  }
  const key = { pk: 'old', sk: 'NOTIFICATION#2026-01-01T00:00:00.000Z#0#JOB#001' }
  const Item = marshall({ ...key, detail: JSON.stringify(detail) })
  await table.client.send(new PutItemCommand({ TableName: TABLE, Item }))
  const access = { client: table.client, tableName: TABLE, retentionDays: 1 }
  const [kept] = await new TableNotifications(access).list('old')
  expect(schema.parse(kept)).toEqual({
    ...detail,
    payload: { ...payload, data: { ...data, clean_up: null, fault: null } },
  })
})
