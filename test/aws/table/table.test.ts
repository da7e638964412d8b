import { afterAll, beforeAll, expect, test } from 'vitest'
import { ItemTooLargeError } from '#aws/table/codec.ts'
import { TableJobIndex } from '#aws/table/job-index.ts'
import { TableJobs } from '#aws/table/jobs.ts'
import { TableNotifications } from '#aws/table/notifications.ts'
import { TableSteps } from '#aws/table/steps.ts'
import { TableSweepLease } from '#aws/table/sweep-lease.ts'
import { claim, finish, NEW_STEP, NOW } from '#test/core/samples.ts'
import { tableSuite } from '#test/engine/ports/table-suite.ts'
import { type Fate, faultyClient } from '../faults.ts'
import { startTable, TABLE, type Table } from '../table.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

/** The ports over the emulator's table; updates meet these fates, one after the other. */
function openPorts(...fates: Fate[]) {
  const faulty = faultyClient(table.endpoint, (operation) =>
    operation.startsWith('UpdateItem') ? (fates.shift() ?? 'through') : 'through',
  )
  const access = { client: faulty.client, tableName: TABLE, retentionDays: 1 }
  return {
    jobs: new TableJobs(access),
    steps: new TableSteps(access),
    index: new TableJobIndex(access),
    notifications: new TableNotifications(access),
    sweepLease: new TableSweepLease(access),
    client: faulty.client,
    requests: faulty.requests,
    writes: () => faulty.writes.map(({ item }) => item),
  }
}

tableSuite('on DynamoDB', openPorts)

const keyOf = (job_execution_id: string) => ({ ...NEW_STEP, job_execution_id })
const claiming = (job_execution_id: string, owner: string) => ({
  ...claim(owner),
  step: keyOf(job_execution_id),
})

test('a claim whose reply was lost, and that was fenced by another, finds itself, and may decline', async () => {
  const { steps, client } = openPorts('lost-after')
  const others = openPorts().steps
  const key = keyOf('lost-4')
  let fenced = false
  client.middlewareStack.add(
    (next) => async (args) => {
      const item = await others.get(key)
      const fence = { type: 'fence' as const, at: NOW, epoch: 2, abort_request: null, fault: null }
      if (item && !fenced) await others.apply(key, fence)
      fenced = item !== undefined
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'fenceBetween' },
  )
  const outcome = await steps.apply(key, claiming('lost-4', 'a'))
  expect(outcome).toMatchObject({ kind: 'same', item: { state: 'ONGOING', fenced: true, owner: 'a' } })
})

test('a right guess saves the read', async () => {
  const { steps, requests } = openPorts()
  const outcome = await steps.apply(keyOf('guess'), claiming('guess', 'a'))
  await steps.apply(keyOf('guess'), finish('a'), outcome.item)
  expect(requests).toEqual(['UpdateItemCommand', 'UpdateItemCommand'])
})

test('an item that grows beyond what is kept is refused with the reason', async () => {
  const { steps } = openPorts()
  await steps.apply(keyOf('large'), claiming('large', 'a'))
  const large = { ...finish('a'), result: 'x'.repeat(70_000) }
  await expect(steps.apply(keyOf('large'), large)).rejects.toThrow(ItemTooLargeError)
})

test('the steps of a job are all listed, over as many pages as there are', async () => {
  const { steps } = openPorts()
  // More than the megabyte that one page has.
  const result = 'x'.repeat(40_000)
  const indexes = Array.from({ length: 30 }, (_, i) => i)
  for (const index of indexes.toReversed()) {
    const key = { ...keyOf('pages'), index }
    await steps.apply(key, { ...claiming('pages', 'a'), step: key })
    await steps.apply(key, { ...finish('a'), result })
  }
  expect((await steps.list('pages')).map((step) => step.index)).toEqual(indexes)
})
