import { expect, test } from 'vitest'
import { countActive } from '#engine/jobs/count.ts'
import { ManualClock } from '#engine/memory/clock.ts'
import { type MemoryPorts, memoryPorts } from '#engine/memory/ports.ts'
import { abort, create } from '#test/core/samples.ts'
import { STAND_DOWN } from '../house.ts'

const AT = '2026-01-31T09:00:00.000Z'

async function withJobs(count: number, tenantOf = (_n: number) => 'default'): Promise<MemoryPorts> {
  const ports = memoryPorts({ templates: [], standDownArn: STAND_DOWN, clock: new ManualClock() })
  for (let n = 0; n < count; n += 1) {
    const job = { ...create.job, job_execution_id: `job-${n}`, tenant_id: tenantOf(n) }
    await ports.jobs.apply(job.job_execution_id, { type: 'create', at: AT, job })
  }
  return ports
}

test('the jobs that have not ended are counted by their states', async () => {
  const ports = await withJobs(3)
  await ports.jobs.apply('job-1', abort('graceful'))
  expect(await countActive(ports)).toEqual({ PENDING: 2, ONGOING: 0, CANCELLING: 1, complete: true })
})

test('of a tenant its own alone', async () => {
  const ports = await withJobs(5, (n) => (n === 0 ? 'acme' : 'other'))
  expect(await countActive(ports, 'acme')).toMatchObject({ PENDING: 1, complete: true })
})

test('a count ends at the thousandth, and says that there are more', async () => {
  expect(await countActive(await withJobs(1_000))).toMatchObject({ PENDING: 1_000, complete: true })
  expect(await countActive(await withJobs(1_001))).toMatchObject({ PENDING: 1_000, complete: false })
})

test('an index that does not answer in time is not waited for', async () => {
  const clock = new ManualClock()
  const latest = () => new Promise<never>(() => undefined)
  const index = { latest } as unknown as MemoryPorts['index']
  const counted = countActive({ clock, index })
  clock.advance(2_000)
  expect(await counted).toBeNull()
})
