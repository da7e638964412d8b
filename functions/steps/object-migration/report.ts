import { defineStep } from '#sdk/index.ts'
import { reportJob } from './report/report.ts'
import type { ReportResult } from './report/result.ts'
import { deployedConnections } from './store/connections.ts'

/** Sums up what became of every object; fails the job as `VerificationFailed` when one is not whole. */
export const handler = defineStep<unknown, ReportResult, never>({
  name: 'report',
  abortable: 'checkpoint',
  run: (_input, tools) => reportJob(deployedConnections(), tools),
})
