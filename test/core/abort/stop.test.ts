import { expect, test } from 'vitest'
import { type StopTime, whenToStop, whenToStopLate, whenToStopRunning } from '#core/abort/stop.ts'
import { JOBS } from '../samples.ts'

type Row = {
  job: string
  stop: StopTime
  /** Asked by who may see the execution of an ended job. */
  late: StopTime
  /** Asked of an execution that is known to run. */
  running: StopTime
}

const ROWS: Row[] = [
  { job: 'PENDING', stop: 'never', late: 'never', running: 'never' },
  { job: 'PENDING, closed', stop: 'never', late: 'never', running: 'now' },
  { job: 'ONGOING', stop: 'never', late: 'never', running: 'never' },
  { job: 'ONGOING, closed', stop: 'never', late: 'never', running: 'now' },
  { job: 'CANCELLING, graceful', stop: 'once-idle', late: 'once-idle', running: 'once-idle' },
  { job: 'CANCELLING, force', stop: 'now', late: 'now', running: 'now' },
  { job: 'CANCELLING, graceful, closed', stop: 'never', late: 'never', running: 'now' },
  { job: 'CANCELLING, force, closed', stop: 'never', late: 'never', running: 'now' },
  { job: 'CANCELLED', stop: 'never', late: 'now', running: 'now' },
  { job: 'SUCCEEDED', stop: 'never', late: 'never', running: 'never' },
  { job: 'FAILED', stop: 'never', late: 'now', running: 'now' },
  { job: 'FAILED, of a clean-up', stop: 'never', late: 'now', running: 'now' },
  { job: 'FAILED, cleaning up', stop: 'never', late: 'now', running: 'now' },
  { job: 'FAILED, cleaned up', stop: 'never', late: 'now', running: 'now' },
]

test.each(ROWS)('the execution of a job that is $job is stopped $stop', ({ job, ...expected }) => {
  const item = JOBS[job]!
  const { stop, late, running } = expected
  expect({ stop: whenToStop(item), late: whenToStopLate(item), running: whenToStopRunning(item) }).toEqual({
    stop,
    late,
    running,
  })
})

test('the table names every job there is', () => {
  expect(ROWS.map(({ job }) => job)).toEqual(Object.keys(JOBS))
})
