import { afterEach, beforeEach, expect, test } from 'vitest'
import { startJob } from './migration-job.ts'
import { jsonOf, keysOf, put, remove } from './objects.ts'
import { type Stores, startStores } from './stores.ts'

type Report = { removed: number; kept: { key: string; reason: string }[] }

let stores: Stores
beforeEach(async () => {
  stores = await startStores()
  for (const key of ['a', 'b']) await put(stores.from, { key }, 10)
})
afterEach(() => stores.close())

const revertedOf = ({ job }: ReturnType<typeof startJob>) =>
  jsonOf<Report>(stores.from, `jobs/${job.job_execution_id}/reverted/00000.json`)

test('a copy that the rollback of another job removes after its last look is told by verification, and its source stays', async () => {
  const [first, second] = [startJob(stores), startJob(stores, { remain_source: false })]
  await first.copyAll()
  stores.to.intercept(async ({ operation, key }) => {
    if (operation !== 'DeleteObject' || key !== 'a') return undefined
    stores.to.intercept(undefined)
    await second.copyAll()
    return undefined
  })
  await first.revert(0)
  expect(await keysOf(stores.to, 'target')).not.toContain('a')
  await expect(second.verifyAll()).rejects.toThrow(/not whole at the destination, such as a \(gone:/)
  expect(await keysOf(stores.from, 'from')).toEqual(['a', 'b'])
})

test('a copy of another job that lands late is told by verification, and its source stays', async () => {
  const job = startJob(stores, { remain_source: false })
  await job.copyAll()
  await put(stores.to, { bucket: 'target', key: 'a' }, 'what an older call copied')
  await expect(job.verifyAll()).rejects.toThrow(/1 of 2 objects .*such as a \(changed: size/)
  expect(await keysOf(stores.from, 'from')).toEqual(['a', 'b'])
})

test('of two rollbacks at the same time each leaves what the other has copied, both tell it, and a repeated one removes it', async () => {
  const [first, second] = [startJob(stores), startJob(stores)]
  await first.copyAll()
  for (const key of ['a', 'b']) await remove(stores.to, 'target', key)
  await second.copyAll()
  stores.from.intercept(async ({ operation, bucket, key }) => {
    if (operation !== 'PutObject' || bucket !== 'work' || !key.includes('/reverted/')) return undefined
    stores.from.intercept(undefined)
    await second.revert(0)
    return undefined
  })
  await first.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual(['a', 'b'])
  for (const [own, other] of [
    [first, second],
    [second, first],
  ] as const) {
    const reason = `also copied by job ${other.job.job_execution_id}`
    expect((await revertedOf(own)).kept).toEqual(['a', 'b'].map((key) => ({ key, reason })))
  }
  await second.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual([])
})
