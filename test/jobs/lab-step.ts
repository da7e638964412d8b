import { setTimeout as sleep } from 'node:timers/promises'
import type { OwnAbortable } from '#core/step/step.ts'
import { defineStep, type JobInfo, type RunTools, type StepDefinition } from '#sdk/index.ts'
import { isReleased, type MarkPlace, mark } from './marks.ts'

/** What one step of a laboratory job does: the job's input says it under the step's name. */
export type Behaviour = {
  /** How long it works. */
  ms?: number
  /** Works until a test releases it, by an object in the bucket of marks. */
  held?: boolean
  /** Works on whatever its signal says, without a checkpoint. */
  ignores_signal?: boolean
  /** So many attempts fail before one succeeds. */
  fails?: number
  abort_fails?: boolean
  revert_fails?: boolean
}

export type LabInput = {
  /** A bucket for the marks of every run and hook. */
  marks?: string
  /** Seconds of the chain's Wait state. */
  wait?: number
  items?: (number | { rank: number })[]
  steps?: Record<string, Behaviour>
}

type Ticks = { ticks: number }

/** A failure that the input wants. */
class LabFailure extends Error {
  override readonly name = 'LabFailure'
}

const TICK_MS = 50
/** A held step looks for its release less often: each look is a call. */
const HELD_TICK_MS = 200

const inputOf = (job: JobInfo): LabInput => (job.input ?? {}) as LabInput
const behaviourOf = (job: JobInfo, step: string): Behaviour => inputOf(job).steps?.[step] ?? {}

/** A step that does what its job's input says, and marks when it ran. */
export const labStep = (name: string, abortable: OwnAbortable) =>
  defineStep<unknown, { step: string }, Ticks>(definition(name, abortable))

const definition = (
  name: string,
  abortable: OwnAbortable,
): StepDefinition<unknown, { step: string }, Ticks> => ({
  name,
  abortable,
  async run(_input, tools) {
    const at = { bucket: inputOf(tools.job).marks, job: tools.job, step: name, index: tools.index }
    await mark(at, `run-start-${tools.attempt}`)
    try {
      await work(behaviourOf(tools.job, name), at, tools)
    } finally {
      await mark(at, `run-end-${tools.attempt}`)
    }
    return { step: name }
  },
  async abort({ job, index }) {
    await mark({ bucket: inputOf(job).marks, job, step: name, index }, 'abort')
    if (behaviourOf(job, name).abort_fails) throw new LabFailure(`the clean-up of ${name} was to fail`)
  },
  async revert({ job, index }) {
    await mark({ bucket: inputOf(job).marks, job, step: name, index }, 'revert')
    if (behaviourOf(job, name).revert_fails) throw new LabFailure(`the revert of ${name} was to fail`)
  },
})

async function work(behaviour: Behaviour, at: MarkPlace, tools: RunTools<Ticks>): Promise<void> {
  const { ms = 0, held = false, ignores_signal = false, fails = 0 } = behaviour
  if (tools.attempt <= fails) throw new LabFailure(`attempt ${tools.attempt} was to fail`)
  const total = held ? null : Math.ceil(ms / TICK_MS)
  const isOver = async (done: number): Promise<boolean> => (total === null ? isReleased(at) : done >= total)
  for (let done = 0; !(await isOver(done)); done += 1) {
    const options = ignores_signal ? {} : { signal: tools.signal }
    await sleep(held ? HELD_TICK_MS : TICK_MS, undefined, options).catch(() => undefined)
    if (ignores_signal) continue
    tools.progress({ done: done + 1, total, unit: 'ticks' })
    await tools.checkpoint({ ticks: done + 1 })
  }
}
