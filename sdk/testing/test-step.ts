import { ERROR_NAMES } from '#core/errors.ts'
import type { AbortMode, Job } from '#core/job/job.ts'
import { defineStep, type StepHandler } from '../define-step.ts'
import { logger } from '../log.ts'
import type { StepDefinition } from '../types.ts'
import { abortEverywhere } from './abort-everywhere.ts'
import { lambdaContext } from './lambda-context.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { aborted, type Intervention, never, type SafePoint, watchSafePoints } from './safe-points.ts'
import { standDown } from './stand-down.ts'
import { type Attempt, World } from './world.ts'

type Definition = StepDefinition<unknown, unknown, unknown>

export type { Outcome } from './outcome.ts'
export type { SafePoint } from './safe-points.ts'

export type TestStepOptions<Input> = {
  input: Input
  /** Of a Map's child. */
  index?: number
  /** Before each job, as to empty a folder. */
  setUp?(): Promise<void> | void
  /** What a run has left, after its clean-up: `abortEverywhere` fails where that is anything. */
  left?(): Promise<readonly unknown[]> | readonly unknown[]
}

export type AbortAtOptions = { mode?: AbortMode; rollback?: boolean }
/** `kept`: the attempt dies once the safe point is kept, or before. */
export type CrashOptions = { kept?: boolean; thenAbort?: AbortMode }

const SIGNALS: string[] = Object.values(ERROR_NAMES)

/**
 * A step in a job of its own, in this process, with a store in memory: each call starts another job.
 *
 * @example
 * const copy = testStep(handler, { input: { keys: ['a', 'b'] }, left: () => readdirSync(folder) })
 * await copy.abortEverywhere()
 */
export class StepTest<Input, Result, Checkpoint> {
  readonly options: TestStepOptions<Input>
  private readonly handler: StepHandler<Input, Result, Checkpoint>

  constructor(handler: StepHandler<Input, Result, Checkpoint>, options: TestStepOptions<Input>) {
    this.handler = handler
    this.options = options
    // A test's own lines should be read.
    logger.setLogLevel('SILENT')
    process.env.POWERTOOLS_METRICS_DISABLED ??= 'true'
  }

  /** Runs it with nobody in its way. */
  run(): Promise<Outcome<Result, Checkpoint>> {
    return this.play(async () => ({ at: 1 }))
  }

  /** Aborts the job as the step comes to its n-th safe point of that name, and stands the job down. */
  abortAt(
    point: SafePoint | undefined,
    n: number,
    { mode = 'graceful', rollback = false }: AbortAtOptions = {},
  ) {
    return this.play(async (world, job) => ({
      point,
      at: n,
      before: async ({ stopping, signal }) => {
        await world.abort(job, mode, rollback)
        if (mode === 'force') await aborted(signal)
        else if (this.handler.step.abortable === 'checkpoint') await aborted(stopping)
      },
    }))
  }

  /** Kills the attempt at its n-th safe point of that name; the next one resumes, or the job is aborted. */
  crashAfter(point: SafePoint | undefined, n: number, { kept = true, thenAbort }: CrashOptions = {}) {
    return this.play(async (world, job, crash) => {
      const end = async (): Promise<never> => {
        world.endLeases()
        if (thenAbort) await world.abort(job, thenAbort, false)
        crash()
        return never()
      }
      return { point, at: n, ...(kept ? { after: end } : { before: end }) }
    })
  }

  /**
   * Aborts it at each of its safe points: gracefully, by force, and by force after a crash before that point was kept.
   * Answers how often. @throws Error where a clean-up failed, or something is left
   */
  abortEverywhere(): Promise<number> {
    return abortEverywhere(this)
  }

  private async play(plan: Plan): Promise<Outcome<Result, Checkpoint>> {
    await this.options.setUp?.()
    const world = new World(this.handler.step)
    const job = await world.start(this.options.input)
    const { promise: crashed, resolve } = Promise.withResolvers<'crashed'>()
    const crash = (): void => {
      first.attempt.die()
      resolve('crashed')
    }
    const watched = watchSafePoints(this.handler.definition as Definition, await plan(world, job, crash))
    const first = this.attempt(world, watched.definition)
    const how = await Promise.race([this.invoke(world, job, first.handler), crashed])
    const last = how === 'crashed' ? this.attempt(world, this.handler.definition as Definition) : first
    if (how === 'crashed') await this.invoke(world, job, last.handler)
    const { status } = world.ports.executions.all.get(job.execution_arn)!
    if (status !== 'RUNNING') await standDown(world.ports, job, { [last.handler.step.name]: last.handler })
    return outcomeOf(world, job, watched.reached())
  }

  private attempt(world: World, definition: Definition): { attempt: Attempt; handler: StepHandler } {
    const attempt = world.attempt()
    return { attempt, handler: defineStep(definition, () => attempt.ports) }
  }

  /** As the state machine does: who was stopped is parked, and an error of the author's ends the execution. */
  private async invoke(world: World, job: Job, handler: StepHandler): Promise<void> {
    try {
      await handler(world.payload(job, this.options), lambdaContext())
    } catch (error) {
      const { name, message } = error as Error
      if (!SIGNALS.includes(name)) {
        world.ports.executions.end(job.execution_arn, 'FAILED', { error: name, cause: message })
      }
    }
  }
}

type Plan = (world: World, job: Job, crash: () => void) => Promise<Intervention>

export const testStep = <Input, Result, Checkpoint>(
  handler: StepHandler<Input, Result, Checkpoint>,
  options: TestStepOptions<Input>,
): StepTest<Input, Result, Checkpoint> => new StepTest(handler, options)
