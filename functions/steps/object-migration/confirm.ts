import { defineStep } from '#sdk/index.ts'
import { reportJob } from './report/report.ts'
import type { ReportResult } from './report/result.ts'
import { deployedConnections } from './store/connections.ts'

/** Before a move deletes anything: fails the job as `VerificationFailed` when one object is not whole. */
export const handler = defineStep<unknown, ReportResult, never>({
  name: 'confirm',
  abortable: 'checkpoint',
  run: (_input, tools) => reportJob(deployedConnections(), tools),
})
