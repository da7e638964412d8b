import type { Job } from '#core/job/job.ts'
import { defineStep, type StepHandler } from '#sdk/define-step.ts'
import type { StepDefinition } from '#sdk/types.ts'
import { type House, lambdaContext } from '#test/engine/house.ts'

/** A promise and its ends, so that a test decides when a step goes on. */
export type Gate = { open(): void; passed: Promise<void> }

export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { open: () => resolve(), passed: promise }
}

export type Definition = Partial<StepDefinition<unknown, unknown, unknown>> & { name: string }

/** A step over the house's table; its `run` answers at once unless told otherwise. */
export const stepOf = (house: House, definition: Definition): StepHandler =>
  defineStep(
    { abortable: 'checkpoint', run: async () => 'done', ...definition } as StepDefinition<
      unknown,
      unknown,
      unknown
    >,
    house.stepPorts,
  )

export const invoke = (house: House, job: Job, handler: StepHandler): Promise<unknown> =>
  handler(house.payload(job, handler.step.name), lambdaContext())

/** Works until its signal aborts, a checkpoint at a time. */
export async function untilAborted({
  checkpoint,
}: {
  checkpoint(data?: unknown): Promise<void>
}): Promise<never> {
  for (let i = 0; ; i += 1) {
    await checkpoint(i)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The error that a promise rejects with. */
export const failure = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error) => error,
  )
