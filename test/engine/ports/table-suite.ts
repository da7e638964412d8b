import { describe, expect, test } from 'vitest'
import { abort, finish, NOW } from '#test/core/samples.ts'
import { finding } from './finding-suite.ts'
import { claiming, creating, keyOf, type OpenPorts, restarting } from './table-ports.ts'

/** What every implementation of the table's ports promises; the same sentences for each of them. */
export function tableSuite(name: string, open: OpenPorts): void {
  describe(`${name}: a change is made once`, () => lostReplies(open))
  describe(`${name}: many at once`, () => manyWriters(open))
  describe(`${name}: what is found`, () => finding(open))
  describe(`${name}: notifications`, () => notifying(open))
  describe(`${name}: turns of the sweeper`, () => takingTurns(open))
}

function lostReplies(open: OpenPorts): void {
  test('a claim whose reply was lost is not taken for a refusal: it is ours', async () => {
    const { steps, writes } = open('lost-after')
    const outcome = await steps.apply(keyOf('lost-1'), claiming('lost-1', 'a'))
    expect(outcome).toMatchObject({ kind: 'write', item: { owner: 'a', attempt: 1, version: 1 } })
    expect(writes()).toHaveLength(1)
  })

  test('an abort whose reply was lost is answered as the change that it was, and its repeat as none', async () => {
    const { jobs, writes } = open('through', 'lost-after')
    await jobs.apply('lost-2', creating('lost-2'))
    expect((await jobs.apply('lost-2', abort('force'))).kind).toBe('write')
    expect((await jobs.apply('lost-2', abort('force'))).kind).toBe('same')
    expect(writes()).toHaveLength(2)
  })

  test('of two claims whose replies are lost one has the step', async () => {
    const { steps } = open('lost-after', 'lost-after')
    const claims = ['a', 'b'].map((owner) => steps.apply(keyOf('lost-3'), claiming('lost-3', owner)))
    const won = (await Promise.all(claims)).filter((outcome) => outcome.kind === 'write')
    expect(won).toHaveLength(1)
    expect((await steps.get(keyOf('lost-3')))?.owner).toBe(won[0]?.item.owner)
  })

  test('a request that never arrived is made again, once', async () => {
    const { steps, writes } = open('lost-before', 'lost-before')
    expect((await steps.apply(keyOf('lost-5'), claiming('lost-5', 'a'))).kind).toBe('write')
    expect(writes()).toHaveLength(1)
  })
}

function manyWriters(open: OpenPorts): void {
  test('each of many changes of one record is made, none is lost, none is made twice', async () => {
    const { jobs, writes } = open()
    await jobs.apply('many', creating('many'))
    const events = Array.from({ length: 8 }, (_event, i) => restarting(i + 1))
    await Promise.all(events.map((event) => jobs.apply('many', event)))
    const job = (await jobs.get('many'))!
    expect(job.generation).toBe(8)
    expect(writes().map((write) => write.version)).toEqual(writes().map((_write, i) => i + 1))
    expect(writes()).toHaveLength(job.version)
  })

  test('a stale guess is not trusted: what it refuses is asked of the record itself', async () => {
    const { steps } = open()
    await steps.apply(keyOf('stale'), claiming('stale', 'a'))
    const claimed = await steps.get(keyOf('stale'))
    await steps.apply(keyOf('stale'), finish('a'))
    const outcome = await steps.apply(keyOf('stale'), finish('b'), claimed)
    expect(outcome).toMatchObject({ kind: 'refused', item: { state: 'SUCCEEDED' } })
    expect((await steps.apply(keyOf('stale'), finish('a'), claimed)).kind).toBe('same')
  })

  test('a record that is read and changed by its reader stays as it was written', async () => {
    const { jobs } = open()
    await jobs.apply('alias', creating('alias'))
    const job = (await jobs.get('alias'))!
    Object.assign(job, { tenant_id: 'another' })
    expect((await jobs.get('alias'))?.tenant_id).not.toBe('another')
  })
}

function takingTurns(open: OpenPorts): void {
  const at = '2026-01-31T09:00:00.000Z'
  const until = '2026-01-31T09:01:30.000Z'

  test('one has the turn until it gives it up, and may make it longer', async () => {
    const { sweepLease } = open()
    expect(await sweepLease.take({ owner: 'a', at, until })).toBe(true)
    expect(await sweepLease.take({ owner: 'b', at, until })).toBe(false)
    const longer = '2026-01-31T09:02:00.000Z'
    expect(await sweepLease.take({ owner: 'a', at, until: longer })).toBe(true)
    expect(await sweepLease.take({ owner: 'b', at: until, until: longer })).toBe(false)
    await sweepLease.release('b')
    expect(await sweepLease.take({ owner: 'b', at, until })).toBe(false)
    await sweepLease.release('a')
    expect(await sweepLease.take({ owner: 'b', at, until })).toBe(true)
    await sweepLease.release('b')
  })

  test('one that died has it until its time is over', async () => {
    const { sweepLease } = open()
    expect(await sweepLease.take({ owner: 'dead', at, until })).toBe(true)
    expect(await sweepLease.take({ owner: 'next', at: until, until: '2026-01-31T09:03:00.000Z' })).toBe(true)
    await sweepLease.release('next')
  })

  test('of many that ask at once one gets it', async () => {
    const { sweepLease } = open()
    const owners = ['a', 'b', 'c', 'd']
    const got = await Promise.all(owners.map((owner) => sweepLease.take({ owner, at, until })))
    expect(got.filter(Boolean)).toHaveLength(1)
    await Promise.all(owners.map((owner) => sweepLease.release(owner)))
  })
}

function notifying(open: OpenPorts): void {
  const record = (sortKey: string, sequence: number) => ({
    sortKey,
    notification: {
      message_id: sortKey,
      event_type: 'job.execution.start' as const,
      priority: 'INFO' as const,
      publisher_id: 'standdown',
      timestamp: NOW,
      sequence,
      payload: {
        namespace: 'standdown' as const,
        name: 'JobExecutionPayload',
        version: '1.0',
        data: {
          job: { job_execution_id: 'told', template: 't' },
          step: null,
          state: 'ONGOING' as const,
          abort_request: null,
          clean_up: null,
          fault: null,
        },
      },
    },
  })

  test('are kept once, and listed in the order of their records', async () => {
    const { notifications } = open()
    for (const [order, sequence] of [
      ['b', 2],
      ['a', 1],
      ['b', 2],
    ] as const) {
      await notifications.keep(record(order, sequence))
    }
    const listed = await notifications.list('told')
    expect(listed.map((notification) => notification.sequence)).toEqual([1, 2])
    expect(await notifications.list('tol')).toEqual([])
    const first = await notifications.page('told', { limit: 1 })
    expect(first.items).toEqual(listed.slice(0, 1))
    const second = await notifications.page('told', { limit: 1, after: first.next! })
    expect(second.items).toEqual(listed.slice(1))
  })

  test('are unsent from when they are marked until they are sent or kept anew, and listed all the time', async () => {
    const { notifications } = open()
    const ordersOf = async (limit = 9): Promise<string[]> =>
      (await notifications.unsent(limit)).map((one) => one.sortKey)
    for (const order of ['x', 'y', 'z']) {
      const marked = record(order, 1)
      const timestamp = `2026-01-31T09:00:0${order === 'x' ? 2 : 1}.000Z`
      await notifications.keep(marked)
      await notifications.markUnsent({ ...marked, notification: { ...marked.notification, timestamp } })
    }
    expect(new Set(await ordersOf())).toEqual(new Set(['x', 'y', 'z']))
    expect(await ordersOf(2)).toHaveLength(2)
    expect(await notifications.unsent(1)).toMatchObject([
      { notification: { payload: record('y', 1).notification.payload } },
    ])
    await notifications.markSent(record('x', 1))
    await notifications.keep(record('y', 1))
    expect(await ordersOf()).toEqual(['z'])
    await notifications.markSent(record('z', 1))
    await notifications.markSent(record('never kept', 1))
    expect(await ordersOf()).toEqual([])
    expect((await notifications.list('told')).length).toBeGreaterThanOrEqual(3)
  })
}
