import { MemoryDoorRecords } from '#engine/memory/door-records.ts'
import { MemoryNotifications } from '#engine/memory/notifications.ts'
import { MemoryJobs, MemorySteps } from '#engine/memory/records.ts'
import { MemorySweepLease } from '#engine/memory/sweep-lease.ts'
import { MemoryTable, type Wire } from '#engine/memory/table.ts'
import { MemoryValues } from '#engine/memory/values.ts'
import { doorRecordsSuite } from '../ports/door-records-suite.ts'
import type { Fate } from '../ports/table-ports.ts'
import { tableSuite } from '../ports/table-suite.ts'
import { valuesSuite } from '../ports/values-suite.ts'

/** Carries conditional writes as an SDK would that retries: a lost request or reply means one more. */
const lossy = (fates: Fate[]): Wire => {
  return async (request) => {
    const fate = fates.shift() ?? 'through'
    if (fate === 'lost-after') request()
    await Promise.resolve()
    return request()
  }
}

tableSuite('in memory', (...fates) => {
  const table = new MemoryTable(lossy(fates))
  const jobs = new MemoryJobs(table)
  return {
    jobs,
    steps: new MemorySteps(table),
    index: jobs,
    notifications: new MemoryNotifications(),
    sweepLease: new MemorySweepLease(),
    writes: () => table.writes.map(({ after }) => after),
  }
})

doorRecordsSuite('in memory', (...fates) => ({ doorRecords: new MemoryDoorRecords(lossy(fates)) }))
valuesSuite('in memory', (...fates) => ({ values: new MemoryValues(lossy(fates)) }))
