import { expect, test } from 'vitest'
import { outcomeOf } from '#core/clean-up/left-behind.ts'
import type { Job } from '#core/job/job.ts'
import { FAULT, JOBS, stepIn } from './samples.ts'

const graceful = JOBS['CANCELLING, graceful'] as Job
const failures = (count: number, message: string) =>
  Array.from({ length: count }, (_, index) =>
    stepIn('FAILED', {
      name: 'copy',
      index,
      cleaned_up: false,
      clean_up: {
        hook: 'abort' as const,
        call: 'stand-down-0',
        fault: { ...FAULT, exception_message: message },
        again: false,
      },
    }),
  )

test('a few clean-ups that failed are told whole', () => {
  const { left_behind, fault } = outcomeOf(graceful, failures(2, 'no access'))
  expect(left_behind).toEqual(['copy[0]: no access', 'copy[1]: no access'])
  expect(fault?.exception_message).toBe('the clean-up of copy[0], copy[1] failed')
})

test('thousands of clean-ups that failed fit into the job’s item, with how many there are', () => {
  const { left_behind, fault } = outcomeOf(graceful, failures(5000, '世'.repeat(2000)))
  expect(Buffer.byteLength(JSON.stringify({ left_behind, fault }))).toBeLessThan(4 * 1024)
  expect(left_behind.at(-1)).toMatch(/^and \d+ more: see the steps$/)
  expect(left_behind.length).toBeGreaterThan(1)
})
