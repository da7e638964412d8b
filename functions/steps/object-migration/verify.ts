import { defineStep } from '#sdk/index.ts'
import { deployedConnections } from './store/connections.ts'
import { type VerifyCheckpoint, type VerifyResult, verifyBatches } from './verify/verify-batches.ts'

/** Compares every listed object with its copy; fails the job as `VerificationFailed` when one is not whole. */
export const handler = defineStep<unknown, VerifyResult, VerifyCheckpoint>({
  name: 'verify',
  abortable: 'checkpoint',
  run: (_input, tools) => verifyBatches(deployedConnections(), tools),
})
