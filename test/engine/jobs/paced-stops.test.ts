import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { PacedStops, StopLeftToSweeper } from '#engine/jobs/paced-stops.ts'
import { ManualClock } from '#engine/memory/clock.ts'
import { MemoryExecutions } from '#engine/memory/executions.ts'
import { JOBS } from '#test/core/samples.ts'

function pacing(count: number) {
  const clock = new ManualClock()
  const executions = new MemoryExecutions(clock)
  const stops = new PacedStops({ executions, clock })
  const stopped = Array.from({ length: count }, () =>
    stops.executions.stop(JOBS.ONGOING!).catch((error: Error) => error),
  )
  return { clock, executions, stops, stopped }
}

test('no stop goes through before it is opened, then a hundred at once and twenty a second', async () => {
  const { clock, executions, stops } = pacing(150)
  await turn()
  expect(executions.stops).toHaveLength(0)
  stops.open()
  expect(executions.stops).toHaveLength(100)
  clock.advance(1000)
  expect(executions.stops).toHaveLength(120)
  clock.advance(2000)
  expect(executions.stops).toHaveLength(150)
})

test('what has not gone through when it is closed is never sent, and says so', async () => {
  const { clock, executions, stops, stopped } = pacing(101)
  stops.open()
  stops.close()
  clock.advance(10_000)
  expect(executions.stops).toHaveLength(100)
  expect(await stopped.at(-1)).toBeInstanceOf(StopLeftToSweeper)
})
