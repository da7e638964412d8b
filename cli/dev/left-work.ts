import { systemClock } from '#aws/system.ts'
import { TableJobIndex } from '#aws/table/job-index.ts'
import { TableJobs } from '#aws/table/jobs.ts'
import { TableSteps } from '#aws/table/steps.ts'
import { deployedTable } from '#aws/table/table.ts'
import { endAttempts } from '#engine/steps/end-attempts.ts'

/** A program of its own: tells, with a function's environment, that no step of an earlier runtime runs any more. */
const table = deployedTable()
await endAttempts({
  jobs: new TableJobs(table),
  steps: new TableSteps(table),
  index: new TableJobIndex(table),
  clock: systemClock,
})
