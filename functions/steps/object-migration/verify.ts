import { defineStep } from '#sdk/index.ts'
import type { BatchInput } from './batch/amount.ts'
import { reportInterrupted } from './report/interrupted.ts'
import { deployedConnections } from './store/connections.ts'
import { verifyBatch } from './verify/verify-batch.ts'
import type { VerifyCheckpoint, VerifyResult } from './verify/verify-run.ts'

/** Compares the objects of one batch with their copies: the Map's item is the batch's number. */
export const handler = defineStep<BatchInput, VerifyResult, VerifyCheckpoint>({
  name: 'verify',
  abortable: 'checkpoint',
  run: (input, tools) => verifyBatch(deployedConnections(), input, tools),
  abort: (tools) => reportInterrupted(deployedConnections(), tools),
})
