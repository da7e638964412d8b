import { describe, expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import type { JobIndex, Jobs, Notifications, Steps } from '#engine/ports.ts'
import { abort, claim, close, create, finish, NEW_STEP, NOW, settle } from '#test/core/samples.ts'

/** What becomes of one request: it goes through, never arrives, or is carried out and its reply is lost. */
export type Fate = 'through' | 'lost-before' | 'lost-after'

export type TablePorts = { jobs: Jobs; steps: Steps; index: JobIndex; notifications: Notifications }
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
    const idsOf = (found: Job[]): string[] => found.map((job) => job.job_execution_id)
    expect(idsOf(await index.newest({ template: 'listed', limit: 2 }))).toEqual(['list-3', 'list-2'])
    const before = '2026-01-31T09:00:01.000Z#list-2'
    expect(idsOf(await index.newest({ template: 'listed', before, limit: 2 }))).toEqual(['list-1'])
    const state = 'CANCELLING'
    expect(idsOf(await index.newest({ template: 'listed', state, limit: 9 }))).toEqual(['list-2'])
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

  test('a job that was written meanwhile is not retired', async () => {
    const { jobs } = open()
    const { item } = await jobs.apply('written', creating('written'))
    await jobs.apply('written', restarting(1))
    await expect(jobs.retire(item!)).rejects.toThrow()
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
  })
}
