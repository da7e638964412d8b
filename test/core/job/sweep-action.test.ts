import { expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { type SweepAction, sweepAction } from '#core/job/sweep-action.ts'
import { ended, JOBS, NOW } from '../samples.ts'

const SOON = '2026-01-31T09:00:09.999Z'
const OVERDUE = '2026-01-31T09:00:10.000Z'
const foreign = { ...JOBS.PENDING!, created_by: 'external' } as Job

type Row = { title: string; job: Job; end: 'none' | 'running' | 'ABORTED'; now: string; action: SweepAction }

test.each<Row>([
  { title: 'a start on its way is given time', job: JOBS.PENDING!, end: 'none', now: SOON, action: 'wait' },
  { title: 'a lost start is repeated', job: JOBS.PENDING!, end: 'none', now: OVERDUE, action: 'start' },
  {
    title: 'an abort without an execution is given time, too',
    job: JOBS['CANCELLING, force']!,
    end: 'none',
    now: SOON,
    action: 'wait',
  },
  {
    title: 'an abort before the start is stood down',
    job: JOBS['CANCELLING, force']!,
    end: 'none',
    now: OVERDUE,
    action: 'stand-down',
  },
  {
    title: 'a job that was closed before its start is stood down, not started',
    job: JOBS['PENDING, closed']!,
    end: 'none',
    now: OVERDUE,
    action: 'stand-down',
  },
  {
    title: 'an adopted execution that is gone is stood down, not started',
    job: foreign,
    end: 'none',
    now: OVERDUE,
    action: 'stand-down',
  },
  {
    title: 'a running execution may have an abort overdue',
    job: JOBS.ONGOING!,
    end: 'running',
    now: NOW,
    action: 'abort',
  },
  {
    title: 'an execution that has ended is stood down',
    job: JOBS.ONGOING!,
    end: 'ABORTED',
    now: NOW,
    action: 'stand-down',
  },
])('$title', ({ job, end, now, action }) => {
  const execution = end === 'none' ? undefined : { end: end === 'running' ? null : ended(end) }
  expect(sweepAction(job, execution, now)).toBe(action)
})
