import { describe, expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import type { JobIndex, Jobs, Notifications, Page, Steps, SweepLease } from '#engine/ports.ts'
import { abort, claim, close, create, finish, LATER, NEW_STEP, NOW, settle } from '#test/core/samples.ts'

/** What becomes of one request: it goes through, never arrives, or is carried out and its reply is lost. */
export type Fate = 'through' | 'lost-before' | 'lost-after'

export type TablePorts = {
  jobs: Jobs
  steps: Steps
  index: JobIndex
  notifications: Notifications
  sweepLease: SweepLease
}
/** The ports over one table; the conditional writes meet these fates, one after the other. */
export type OpenPorts = (...fates: Fate[]) => TablePorts & { writes: () => (Job | Step)[] }

const creating = (job_execution_id: string, more: Partial<typeof create.job> = {}) => ({
  ...create,
  job: { ...create.job, job_execution_id, ...more },
})
const keyOf = (job_execution_id: string) => ({ ...NEW_STEP, job_execution_id })
const claiming = (job_execution_id: string, owner: string) => ({
  ...claim(owner),
  step: keyOf(job_execution_id),
})
const restarting = (generation: number) => ({ type: 'restart' as const, at: NOW, generation })

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

const FAULT = { exception: 'E', exception_message: 'm', module_name: 'copy', function_name: 'abort' }

function finding(open: OpenPorts): void {
  test('what was never written is not there', async () => {
    const { jobs, steps } = open()
    expect([await jobs.get('none'), await steps.get(keyOf('none'))]).toEqual([undefined, undefined])
    expect(await steps.list('none')).toEqual([])
  })

  test('the steps of a job come in the order of the chain, and no other job’s', async () => {
    const { steps } = open()
    const keys = [10, 2, 1].map((order) => ({ ...keyOf('order'), order }))
    for (const step of keys) await steps.apply(step, { ...claiming('order', 'a'), step })
    await steps.apply(keyOf('orde'), claiming('orde', 'a'))
    expect((await steps.list('order')).map((step) => step.order)).toEqual([1, 2, 10])
  })

  test('the newest jobs of a template come first, from where a page ended, and only in the state asked for', async () => {
    const { jobs, index } = open()
    const ids = ['list-1', 'list-2', 'list-3']
    for (const [i, id] of ids.entries()) {
      const created_at = `2026-01-31T09:00:0${i}.000Z`
      await jobs.apply(id, creating(id, { template: 'listed', created_at }))
    }
    await jobs.apply('list-2', abort('force'))
    const idsOf = ({ items }: Page<Job>): string[] => items.map((job) => job.job_execution_id)
    expect(idsOf(await index.newest({ template: 'listed', limit: 2 }))).toEqual(['list-3', 'list-2'])
    const after = '2026-01-31T09:00:01.000Z#list-2'
    expect(idsOf(await index.newest({ template: 'listed', after, limit: 2 }))).toEqual(['list-1'])
    const state = 'CANCELLING'
    expect(idsOf(await index.newest({ template: 'listed', state, limit: 9 }))).toEqual(['list-2'])
  })

  test('a list goes on after a job that is not of it, and after one that is gone', async () => {
    const { jobs, index } = open()
    for (const i of [1, 2]) {
      const created_at = `2026-01-31T09:00:0${i}.000Z`
      await jobs.apply(`on-${i}`, creating(`on-${i}`, { template: 'going-on', created_at }))
    }
    const page = await index.newest({ template: 'going-on', after: '2026-01-31T09:00:01.500Z#x', limit: 9 })
    expect(page.items.map((job) => job.job_execution_id)).toEqual(['on-1'])
    expect(page.next).toBeNull()
  })

  test('the jobs of a tenant are found among those of others', async () => {
    const { jobs, index } = open()
    for (const [i, tenant_id] of ['a', 'b', 'a'].entries()) {
      const id = `tenant-${i}`
      await jobs.apply(id, creating(id, { template: 'shared', tenant_id }))
    }
    const tenants = (page: Page<Job>): string[] => page.items.map((job) => job.tenant_id)
    expect(tenants(await index.newest({ template: 'shared', tenant_id: 'a', limit: 9 }))).toEqual(['a', 'a'])
    const theirs = await index.latest({ template: 'shared', tenant_id: 'b', limit: 9 })
    expect(tenants(theirs)).toEqual(['b'])
  })

  test('jobs that have not ended come by their last write, page by page, each once', async () => {
    const { jobs, index } = open()
    for (const id of ['open-1', 'open-2', 'open-3', 'open-4']) {
      await jobs.apply(id, creating(id, { template: 'opened' }))
    }
    await jobs.apply('open-2', { ...abort('force'), at: LATER })
    await jobs.apply('open-3', close('FAILED'))
    await jobs.apply('open-3', settle())
    const opened = { template: 'opened' }
    const found: Job[] = []
    let after: string | null | undefined
    do {
      const page: Page<Job> = await index.latest({ ...opened, ...(after ? { after } : {}), limit: 1 })
      expect(page.items.length).toBeLessThanOrEqual(1)
      found.push(...page.items)
      after = page.next
    } while (after)
    const ids = found.map((job) => job.job_execution_id)
    expect(ids[0]).toBe('open-2')
    expect(ids.toSorted()).toEqual(['open-1', 'open-2', 'open-4'])
    const cancelling = await index.latest({ ...opened, state: 'CANCELLING', limit: 9 })
    expect(cancelling.items.map((job) => job.job_execution_id)).toEqual(['open-2'])
  })

  test('the steps of a job come page by page, in the order of the chain, and only those written later', async () => {
    const { steps } = open()
    for (const order of [3, 1, 2]) {
      const step = { ...keyOf('paged'), order }
      await steps.apply(step, { ...claiming('paged', 'a'), step })
    }
    const last = { ...keyOf('paged'), order: 3 }
    await steps.apply(last, { ...finish('a'), at: LATER })
    const first = await steps.page('paged', { limit: 2 })
    expect(first.items.map((step) => step.order)).toEqual([1, 2])
    const second = await steps.page('paged', { limit: 2, after: first.next! })
    expect(second.items.map((step) => step.order)).toEqual([3])
    expect(second.next).toBeNull()
    const later = await steps.page('paged', { limit: 9, updated_after: NOW })
    expect(later.items.map((step) => step.order)).toEqual([3])
    expect(await steps.page('page', { limit: 9 })).toEqual({ items: [], next: null })
  })

  test('a job is active until it ends, then ended until it is retired, and stays as it is', async () => {
    const { jobs, index } = open()
    const has = (found: Job[]): boolean => found.some((job) => job.job_execution_id === 'brought')
    const later = '2099-01-01T00:00:00.000Z'
    await jobs.apply('brought', creating('brought'))
    expect([has(await index.active()), has(await index.ended(later))]).toEqual([true, false])
    await jobs.apply('brought', close('FAILED'))
    const { item } = await jobs.apply('brought', settle())
    expect([has(await index.active()), has(await index.ended(later))]).toEqual([false, true])
    expect(has(await index.ended(item!.updated_at))).toBe(false)
    await jobs.retire(item!)
    expect(has(await index.ended(later))).toBe(false)
    expect(await jobs.get('brought')).toEqual(item)
  })

  test('a job whose clean-up is repeated is active again until that has ended', async () => {
    const { jobs, index } = open()
    const has = (found: Job[]): boolean => found.some((job) => job.job_execution_id === 'again')
    const later = '2099-01-01T00:00:00.000Z'
    await jobs.apply('again', creating('again'))
    await jobs.apply('again', close('FAILED'))
    await jobs.apply('again', settle(FAULT))
    await jobs.apply('again', { type: 'clean-up', at: NOW, requested_by: 'me' })
    expect([has(await index.active()), has(await index.ended(later))]).toEqual([true, false])
    await jobs.apply('again', { type: 'clean-up-ended', at: NOW, run: 1, left_behind: [] })
    expect([has(await index.active()), has(await index.ended(later))]).toEqual([false, true])
  })

  test('a job that was written meanwhile is not retired', async () => {
    const { jobs } = open()
    const { item } = await jobs.apply('written', creating('written'))
    await jobs.apply('written', restarting(1))
    await expect(jobs.retire(item!)).rejects.toThrow()
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
