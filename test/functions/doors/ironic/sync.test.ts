import { describe, expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { MemoryDoorRecords } from '#engine/memory/door-records.ts'
import type { Node } from '#functions/doors/ironic/node/node.ts'
import { settled } from '#functions/doors/ironic/node/node.ts'
import { Nodes } from '#functions/doors/ironic/node/nodes.ts'
import { newNode } from '#functions/doors/ironic/node-body.ts'
import { type SyncParts, syncNodes } from '#functions/doors/ironic/sync/sync-nodes.ts'
import { nextNodes } from '#functions/doors/ironic/sync/turn.ts'
import { BmcError, type Reading } from '#functions/steps/node-power/power/driver.ts'
import { FAULT, JOBS } from '#test/core/samples.ts'

const NOW = Date.parse('2026-01-31T09:00:00.000Z')
const SINCE = '2026-01-31T08:59:00.000Z'
const OPERATION = { job_id: 'job-1', target: 'soft power off', since: SINCE } as const
const FRESH = newNode({ name: 'n', driver: 'fake-hardware' }, 'p')

const node = (more: Partial<Node> = {}): Node => ({
  ...FRESH,
  power_state: 'power on',
  last_power: 'power on',
  ...more,
})
const job = (state: string, more: Partial<Job> = {}): Job =>
  ({ ...JOBS[state]!, job_execution_id: 'job-1', ...more }) as Job

describe('what became of an operation', () => {
  test.each<[string, Job | undefined, Partial<Node>]>([
    ['succeeded', job('SUCCEEDED'), { power_state: 'power off', last_power: 'power off', last_error: null }],
    [
      'failed',
      job('FAILED', { fault: { ...FAULT, exception_message: 'the BMC says no' } }),
      {
        power_state: 'error',
        last_error: 'soft power off failed: the BMC says no',
        error_source: 'operation',
      },
    ],
    [
      'was aborted',
      job('CANCELLED'),
      {
        power_state: 'error',
        last_error: expect.stringContaining('soft power off aborted by') as unknown as string,
        error_source: 'abort',
      },
    ],
    [
      'was never started',
      undefined,
      { power_state: 'error', last_error: 'soft power off failed: it was never started' },
    ],
  ])('that %s is said in one change with its end', (_what, ended, expected) => {
    expect(settled(node({ operation: OPERATION }), ended, NOW + 1)).toMatchObject({
      ...expected,
      operation: null,
    })
  })

  test.each<[string, Job | undefined]>([
    ['runs', job('ONGOING')],
    ['is being cancelled', job('CANCELLING, graceful')],
    ['is another node by now', { ...job('SUCCEEDED'), job_execution_id: 'job-2' }],
  ])('that %s is left alone', (_what, running) => {
    const before = node({ operation: OPERATION })
    expect(settled(before, running, NOW)).toBe(before)
  })

  test('whose job is just being written is left alone', () => {
    const before = node({ operation: { ...OPERATION, since: '2026-01-31T08:59:59.000Z' } })
    expect(settled(before, undefined, NOW)).toBe(before)
  })
})

/** Syncs one node whose BMC answers so, and answers it as it is then. */
async function synced(before: Partial<Node>, seen: Partial<Reading> | Error, ofJob?: Job): Promise<Node> {
  const nodes = new Nodes(new MemoryDoorRecords(), () => NOW)
  const created = await nodes.create(node(before))
  const reading = { power: 'power on', word: 'On', allowed: null, busy: false, ...seen } as Reading
  const parts = {
    nodes,
    jobs: { get: async () => ofJob },
    clock: { now: () => NOW },
    open: async () => ({
      read: async () => {
        if (seen instanceof Error) throw seen
        return reading
      },
      close: async () => undefined,
    }),
  } as unknown as SyncParts
  expect(await syncNodes(parts, [created], new AbortController().signal)).toEqual([])
  return nodes.find('p', created.uuid)
}

const DOWN = new BmcError('bmc:443 cannot be asked: ECONNREFUSED')

describe('a power sync', () => {
  test.each<[string, Partial<Node>, Partial<Reading> | Error, Partial<Node>]>([
    ['corrects the power', {}, { power: 'power off' }, { power_state: 'power off', last_error: null }],
    ['learns what the BMC allows', {}, { allowed: ['On'] }, { allowed: ['On'] }],
    ['keeps the power of a machine that is on its way', {}, { power: null }, { power_state: 'power on' }],
    [
      'says why a BMC cannot be reached, and keeps the power',
      {},
      DOWN,
      {
        power_state: 'power on',
        last_error: DOWN.message,
        error_source: 'sync',
      },
    ],
    ['takes back an error of its own', { last_error: 'x', error_source: 'sync' }, {}, { last_error: null }],
    [
      'replaces an error by what the BMC says, and keeps who aborted',
      {
        power_state: 'error',
        last_error: 'soft power off aborted by ann',
        error_source: 'abort',
      },
      { power: 'power off' },
      { power_state: 'power off', last_error: 'soft power off aborted by ann' },
    ],
    [
      'never writes over the error of an operation',
      { last_error: 'the BMC says no', error_source: 'operation' },
      DOWN,
      {
        last_error: 'the BMC says no',
        error_source: 'operation',
      },
    ],
  ])('%s', async (_what, before, seen, after) => {
    expect(await synced(before, seen)).toMatchObject(after)
  })

  test('leaves a node alone whose operation runs', async () => {
    const after = await synced({ operation: OPERATION }, { power: 'power off' }, job('ONGOING'))
    expect(after).toMatchObject({ power_state: 'power on', operation: OPERATION, updated_at: null })
  })

  test('ends an operation whose job is over, and asks the BMC then', async () => {
    const after = await synced({ operation: OPERATION }, { power: 'power off' }, job('CANCELLED'))
    expect(after).toMatchObject({ operation: null, power_state: 'power off', error_source: 'abort' })
  })

  test('writes nothing where all is as it was', async () => {
    expect((await synced({}, {})).updated_at).toBeNull()
  })
})

test('every node of every project gets its turn, then all again', async () => {
  const records = new MemoryDoorRecords()
  const nodes = new Nodes(records, () => NOW)
  for (const [i, project] of ['a', 'a', 'b', 'b', 'b', 'c'].entries()) {
    await nodes.create(newNode({ name: `n${i}`, driver: 'fake-hardware' }, project))
  }
  const seen: string[] = []
  for (let turn = 0; turn < 4; turn += 1) {
    seen.push(...(await nextNodes(nodes, records, 2)).map(({ name }) => name ?? ''))
  }
  expect(new Set(seen).size).toBe(6)
})
