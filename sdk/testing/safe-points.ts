import { once } from 'node:events'
import type { StepDefinition } from '../types.ts'

/** Where a step looks at the abort. */
export type SafePoint = 'checkpoint' | 'pointOfNoReturn'

/** What a test does at a safe point: `before` it is reached by the step's own call, `after` that call has returned. */
export type Intervention = {
  /** @default either of both */
  point?: SafePoint | undefined
  /** Which of them, from 1. */
  at: number
  before?(tools: Signals): Promise<void>
  after?(): Promise<void>
}

type Signals = { stopping: AbortSignal; signal: AbortSignal }
type Definition = StepDefinition<unknown, unknown, unknown>

export type Watched = { definition: Definition; reached(): boolean }

/** The step with somebody at one of its safe points. */
export function watchSafePoints(definition: Definition, { point, at, ...does }: Intervention): Watched {
  let passed = 0
  const run: Definition['run'] = (input, tools) => {
    const watched =
      (name: SafePoint) =>
      async (data?: unknown): Promise<void> => {
        if (point === undefined || point === name) passed += 1
        const isHere = passed === at && (point === undefined || point === name)
        if (isHere) await does.before?.(tools)
        // In memory every safe point is kept at once; deployed, at most one a second.
        await tools.pointOfNoReturn(data)
        if (isHere) await does.after?.()
      }
    const safePoints = { checkpoint: watched('checkpoint'), pointOfNoReturn: watched('pointOfNoReturn') }
    return definition.run(input, { ...tools, ...safePoints })
  }
  return { definition: { ...definition, run }, reached: () => passed >= at }
}

/** A process that is dead does not go on. */
export const never = (): Promise<never> => new Promise(() => undefined)

export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
