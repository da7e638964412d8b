import type { CleanUpAfter, OwnAbortable } from '#core/step/step.ts'
import type { HookTools, RunTools } from '#engine/steps/tools.ts'

export type { StepMetadata } from '#core/template.ts'
export type { HookTools, JobInfo, RunTools } from '#engine/steps/tools.ts'

/** A step, as its author writes it. */
export type StepDefinition<Input, Result, Checkpoint> = {
  name: string
  /** Where it stops for a graceful abort: inside (`checkpoint`), at its end (`boundary`), or it cannot (`never`). */
  abortable: OwnAbortable
  /**
   * When it may be cleaned up if it never says that it stopped: once its lease has ended, or only once its Lambda
   * is over, up to 15 minutes, for effects that must not be cleaned up beside a frozen process. @default lease
   */
  cleanUpAfter?: CleanUpAfter
  /** Why its effect cannot be undone; shown in the plan of an abort. */
  irreversible?: string
  run(input: Input, tools: RunTools<Checkpoint>): Promise<Result>
  /** Frees what an interrupted run left behind. May run more than once. */
  abort?(tools: HookTools<Checkpoint, Result>): Promise<void>
  /** Undoes a finished run, only with `rollback`. May run more than once. */
  revert?(tools: HookTools<Checkpoint, Result>): Promise<void>
}
