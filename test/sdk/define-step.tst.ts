import type { Context } from 'aws-lambda'
import { expectTypeOf } from 'vitest'
import { defineStep, type JobInfo, type Progress, type RunTools, type StepMetadata } from '#sdk/index.ts'

// What the types promise to the author of a step. `npm run types` checks this file and nothing runs it: a wrong
// type does not compile, and neither does an `@ts-expect-error` without an error below it.

type Keys = { keys: string[] }
type Copied = { copied: number }
type Place = { at: number }

declare function copy(key: string | undefined, options: { signal: AbortSignal }): Promise<void>
declare function removeHalfCopied(checkpoint: unknown): Promise<void>

const NAMED = { name: 'copy-objects', abortable: 'checkpoint' } as const
const copyNothing = async (): Promise<Copied> => ({ copied: 0 })

// The input, the result and the checkpoint that a step names are those of its tools.
const handler = defineStep<Keys, Copied, Place>({
  ...NAMED,
  async run(input, tools) {
    expectTypeOf(input).toEqualTypeOf<Keys>()
    expectTypeOf(tools.resumeFrom).toEqualTypeOf<Place | null>()
    expectTypeOf(tools.checkpoint).toEqualTypeOf<(data?: Place) => Promise<void>>()
    expectTypeOf(tools.pointOfNoReturn).toEqualTypeOf<(data?: Place) => Promise<void>>()
    expectTypeOf(tools.progress).parameter(0).toEqualTypeOf<Progress>()
    expectTypeOf(tools.signal).toEqualTypeOf<AbortSignal>()
    expectTypeOf(tools.attempt).toEqualTypeOf<number>()
    expectTypeOf(tools.index).toEqualTypeOf<number | string | null>()
    expectTypeOf(tools.job).toEqualTypeOf<JobInfo>()
    return { copied: input.keys.length }
  },
  async abort(tools) {
    expectTypeOf(tools.checkpoint).toEqualTypeOf<Place | null>()
    expectTypeOf(tools.save).toEqualTypeOf<(data: Place) => Promise<void>>()
    expectTypeOf(tools.signal).toEqualTypeOf<AbortSignal>()
    expectTypeOf(tools.mode).toEqualTypeOf<'graceful' | 'force' | null>()
    expectTypeOf(tools.rollback).toEqualTypeOf<boolean>()
    expectTypeOf(tools.index).toEqualTypeOf<number | string | null>()
    expectTypeOf(tools.job).toEqualTypeOf<JobInfo>()
  },
  async revert(tools) {
    expectTypeOf(tools.result).toEqualTypeOf<Copied | null>()
    expectTypeOf(tools.checkpoint).toEqualTypeOf<Place | null>()
    expectTypeOf(tools.save).toEqualTypeOf<(data: Place) => Promise<void>>()
  },
})

// What Lambda calls, and what the bundler reads.
expectTypeOf(handler).parameter(1).toEqualTypeOf<Context>()
expectTypeOf(handler).returns.toEqualTypeOf<Promise<unknown>>()
expectTypeOf(handler.step).toEqualTypeOf<StepMetadata>()

// The parameters of `run` are enough to name them.
defineStep({
  ...NAMED,
  async run(input: Keys, { checkpoint, resumeFrom }: RunTools<number>) {
    for (let i = resumeFrom ?? 0; i < input.keys.length; i += 1) await checkpoint(i + 1)
    return { copied: input.keys.length }
  },
  async revert({ checkpoint, result }) {
    expectTypeOf(checkpoint).toEqualTypeOf<number | null>()
    expectTypeOf(result).toEqualTypeOf<Copied | null>()
  },
})

// A step that stops at its checkpoints.
defineStep({
  name: 'copy-objects',
  abortable: 'checkpoint',
  async run(input: { keys: string[] }, { signal, checkpoint, resumeFrom }) {
    for (let i = Number(resumeFrom ?? 0); i < input.keys.length; i += 1) {
      await copy(input.keys[i], { signal })
      await checkpoint(i + 1)
    }
    return { copied: input.keys.length }
  },
  async abort({ checkpoint }) {
    await removeHalfCopied(checkpoint)
  },
})

// A step without hooks, with a reason why it cannot be undone.
defineStep({ ...NAMED, irreversible: 'what was sent stays sent', run: copyNothing })

// A checkpoint that nobody named has no type to build on.
defineStep({
  ...NAMED,
  async run(_input: Keys, { resumeFrom }) {
    expectTypeOf(resumeFrom).toEqualTypeOf<unknown>()
  },
})

// @ts-expect-error: a step has a name
defineStep({ abortable: 'checkpoint', run: copyNothing })

// @ts-expect-error: a step says where it can be aborted
defineStep({ name: 'copy-objects', run: copyNothing })

// @ts-expect-error: a step runs
defineStep({ ...NAMED })

// @ts-expect-error: there is no such place to stop at
defineStep({ name: 'copy-objects', abortable: 'anywhere', run: copyNothing })

// @ts-expect-error: why it cannot be undone is told to people
defineStep({ ...NAMED, irreversible: true, run: copyNothing })

// @ts-expect-error: the hook is called `abort`
defineStep({ ...NAMED, run: copyNothing, async onAbort() {} })

// @ts-expect-error: `run` is asynchronous
defineStep<Keys, Copied, Place>({ ...NAMED, run: () => ({ copied: 1 }) })

// @ts-expect-error: the result is of the type that the step names
defineStep<Keys, Copied, Place>({ ...NAMED, run: async () => ({ copied: 'all' }) })

defineStep<Keys, Copied, Place>({
  ...NAMED,
  async run(input, { checkpoint, resumeFrom, progress }) {
    // @ts-expect-error: the input has no such property
    input.objects
    // @ts-expect-error: the first attempt has nothing to resume from
    resumeFrom.at
    // @ts-expect-error: a checkpoint is of the type that the step names
    await checkpoint(7)
    // @ts-expect-error: progress has a unit
    progress({ done: 1, total: 2 })
    return { copied: 1 }
  },
  async abort({ checkpoint, save, ...tools }) {
    // @ts-expect-error: the run may have died before its first checkpoint
    checkpoint.at
    // @ts-expect-error: what a hook saves is a checkpoint
    await save('half')
    // @ts-expect-error: a hook has ended nothing by itself: it has no `resumeFrom`
    tools.resumeFrom
  },
  async revert({ result }) {
    // @ts-expect-error: the result may be absent
    result.copied
  },
})
