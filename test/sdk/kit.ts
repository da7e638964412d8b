import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { defineStep, type StepHandler } from '#sdk/define-step.ts'
import type { StepDefinition } from '#sdk/types.ts'
import { startTable, type Table } from '#test/aws/table.ts'
import { type House, lambdaContext } from '#test/engine/house.ts'

/** The emulator's table, for all tests of a file. */
export function useTable(): () => Table {
  let table: Table | undefined
  beforeAll(async () => {
    table = await startTable()
  })
  afterAll(() => table?.stop())
  return () => table!
}

/** A promise and its ends, so that a test decides when a step goes on. */
export type Gate = { open(): void; passed: Promise<void> }

export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { open: () => resolve(), passed: promise }
}

export type Definition = Partial<StepDefinition<unknown, unknown, unknown>> & { name: string }

/** A step over the house's table; its `run` answers at once where the definition has none. */
export const stepOf = (house: House, definition: Definition): StepHandler =>
  defineStep(
    { abortable: 'checkpoint', run: async () => 'done', ...definition } as StepDefinition<
      unknown,
      unknown,
      unknown
    >,
    house.stepPorts,
  )

export type HeldStep = {
  handler: StepHandler
  /** Passed once `run` has been called. */
  started: Promise<void>
  /** Lets `run` do its work. */
  release(): void
}

/** A step whose `run` waits to be released before it does its work. */
export function heldStep(house: House, definition: Definition): HeldStep {
  const started = gate()
  const released = gate()
  const handler = stepOf(house, {
    ...definition,
    run: async (input, tools) => {
      started.open()
      await released.passed
      return definition.run?.(input, tools)
    },
  })
  return { handler, started: started.passed, release: released.open }
}

export const invoke = (house: House, job: Job, handler: StepHandler): Promise<unknown> =>
  handler(house.payload(job, handler.step.name), lambdaContext())

/** Invokes a step whose `run` must not be called, and answers the error instead. */
export async function refusal(house: House, job: Job, name: string): Promise<Error> {
  const run = vi.fn(async () => undefined)
  const error = await failure(invoke(house, job, stepOf(house, { name, run })))
  expect(run).not.toHaveBeenCalled()
  return error
}

/** Works until its signal aborts, a checkpoint at a time. */
export async function untilAborted({
  checkpoint,
}: {
  checkpoint(data?: unknown): Promise<void>
}): Promise<never> {
  for (let i = 0; ; i += 1) {
    await checkpoint(i)
    await pause(5)
  }
}

export async function whenAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

/**
 * Stops the clock until the end of the test, and answers what moves it on: a lease and a period then end when the
 * test says so, however slow the machine. Timers run as ever.
 */
export function stopClock(): (ms: number) => void {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  return (ms) => void vi.setSystemTime(Date.now() + ms)
}

/** The error that a promise rejects with. */
export const failure = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error) => error,
  )
