import { expect, test } from 'vitest'
import { jobLine } from '#cli/dev/job-lines.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { SAMPLES } from '../../../contract/notifications.ts'

const abort = SAMPLES['job.cancel.start'].payload.data.abort_request!

test.each([
  ['job.execution.start', 'started'],
  ['job.execution.end', 'SUCCEEDED'],
  ['job.cancel.start', `aborted by ${abort.requested_by}, ${abort.mode} (${abort.reason})`],
  ['job.cancel.end', 'CANCELLED'],
  ['job.cancel.error', 'FAILED: CleanUpFailed: the clean-up of copy-objects[3] failed'],
  ['job.cleanup.start', 'the clean-up begins again'],
  ['job.cleanup.end', 'the clean-up is over: end'],
  ['step.cancel.start', null],
  ['step.cancel.end', null],
] as const)('of %s it says: %s', (type, line) => {
  expect(jobLine(SAMPLES[type])).toBe(line)
})

test('what a caller wrote cannot move the terminal', () => {
  const told: Notification = structuredClone(SAMPLES['job.cancel.start'])
  told.payload.data.abort_request!.reason = 'red \u001b[31m'
  expect(jobLine(told)).not.toContain('\u001b')
})
