import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { HOOKS } from '#core/clean-up/hook.ts'
import type { StepPayload } from '#core/template.ts'
import type { StepPorts } from '#engine/steps/ports.ts'
import { deployedStepPorts } from './deployed-ports.ts'
import { abortable, type StepContext, type StepEventPayload } from './middleware.ts'
import { telemetry } from './telemetry.ts'
import type { StepDefinition, StepMetadata } from './types.ts'

/** What Lambda calls; it says of itself what the construct needs to know. */
export type InvokedHandler = ((event: StepEventPayload, context: Context) => Promise<unknown>) & {
  step: StepMetadata
}

/** A step's, with what its author's tests run. */
export type StepHandler<Input = unknown, Result = unknown, Checkpoint = unknown> = InvokedHandler & {
  definition: StepDefinition<Input, Result, Checkpoint>
}

/**
 * Makes a Lambda handler of a step that can be aborted.
 *
 * @example
 * export const handler = defineStep({
 *   name: 'copy-objects',
 *   abortable: 'checkpoint',
 *   // A checkpoint is a number: named once, here, it is one in the hooks, too.
 *   async run(input: { keys: string[] }, { signal, checkpoint, resumeFrom }: RunTools<number>) {
 *     for (let i = resumeFrom ?? 0; i < input.keys.length; i += 1) {
 *       await copy(input.keys[i], { signal })
 *       await checkpoint(i + 1)
 *     }
 *     return { copied: input.keys.length }
 *   },
 *   async abort({ checkpoint }) { await removeHalfCopied(checkpoint) },
 * })
 */
export function defineStep<Input, Result, Checkpoint>(
  definition: StepDefinition<Input, Result, Checkpoint>,
  ports: () => StepPorts = deployedStepPorts,
): StepHandler<Input, Result, Checkpoint> {
  const general = definition as unknown as StepDefinition<unknown, unknown, unknown>
  // Middy's own signal fires only just before the Lambda's end; ours fires earlier, with time to write.
  const handler = middy({ timeoutEarlyInMillis: 0 })
    .use(telemetry(definition.name))
    .use(abortable(general, ports))
    .handler((event: unknown, context: unknown) => {
      const { standdown } = context as StepContext
      return 'tools' in standdown
        ? general.run((event as StepPayload).input, standdown.tools)
        : standdown.answer
    })
  const step: StepMetadata = {
    name: definition.name,
    abortable: definition.abortable,
    clean_up_after: definition.cleanUpAfter ?? 'lease',
    irreversible: definition.irreversible ?? null,
    hooks: HOOKS.filter((hook) => definition[hook] !== undefined),
  }
  return Object.assign(handler as unknown as StepHandler<Input, Result, Checkpoint>, { step, definition })
}
