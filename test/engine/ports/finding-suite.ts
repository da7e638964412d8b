import { expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import type { Page } from '#engine/ports.ts'
import { abort, close, finish, LATER, NOW, settle } from '#test/core/samples.ts'
import { claiming, creating, keyOf, type OpenPorts, restarting } from './table-ports.ts'

const FAULT = { exception: 'E', exception_message: 'm', module_name: 'copy', function_name: 'abort' }

/** What the reads of jobs and steps, and the index over jobs, answer. */
export function finding(open: OpenPorts): void {
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

  test('the steps of a job come page by page, in the order of the chain, only those written later, or the last of them', async () => {
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
    expect((await steps.latest('paged', 2)).map((step) => step.order)).toEqual([2, 3])
    expect((await steps.latest('paged', 9)).map((step) => step.order)).toEqual([1, 2, 3])
    expect(await steps.latest('page', 9)).toEqual([])
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
