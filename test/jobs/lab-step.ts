import { setTimeout as sleep } from 'node:timers/promises'
import type { Abortable } from '#core/step/step.ts'
import { defineStep, type JobInfo, type RunTools, type StepDefinition } from '#sdk/index.ts'
import { mark } from './marks.ts'

/** What one step of a laboratory job does, told by the job's input under its name. */
export type Behaviour = {
  /** How long it works. */
  ms?: number
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
  items?: number[]
  steps?: Record<string, Behaviour>
}

type Ticks = { ticks: number }

/** A failure that the input asked for. */
class LabFailure extends Error {
  override readonly name = 'LabFailure'
}

const TICK_MS = 50

const inputOf = (job: JobInfo): LabInput => (job.input ?? {}) as LabInput
const behaviourOf = (job: JobInfo, step: string): Behaviour => inputOf(job).steps?.[step] ?? {}

/** A step that does what its job's input says, and marks when it ran. */
export const labStep = (name: string, abortable: Abortable) =>
  defineStep<unknown, { step: string }, Ticks>(definition(name, abortable))

const definition = (
  name: string,
  abortable: Abortable,
): StepDefinition<unknown, { step: string }, Ticks> => ({
  name,
  abortable,
  async run(_input, tools) {
    const at = { bucket: inputOf(tools.job).marks, job: tools.job, step: name, index: tools.index }
    await mark(at, `run-start-${tools.attempt}`)
    try {
      await work(behaviourOf(tools.job, name), tools)
    } finally {
      await mark(at, `run-end-${tools.attempt}`)
    }
    return { step: name }
  },
  async abort({ job, index }) {
    await mark({ bucket: inputOf(job).marks, job, step: name, index }, 'abort')
    if (behaviourOf(job, name).abort_fails) throw new LabFailure(`the clean-up of ${name} was told to fail`)
  },
  async revert({ job, index }) {
    await mark({ bucket: inputOf(job).marks, job, step: name, index }, 'revert')
    if (behaviourOf(job, name).revert_fails) throw new LabFailure(`the revert of ${name} was told to fail`)
  },
})

async function work(told: Behaviour, tools: RunTools<Ticks>): Promise<void> {
  if (tools.attempt <= (told.fails ?? 0)) throw new LabFailure(`attempt ${tools.attempt} was told to fail`)
  const ticks = Math.ceil((told.ms ?? 0) / TICK_MS)
  if (told.ignores_signal) return void (await sleep(told.ms ?? 0))
  for (let done = 1; done <= ticks; done += 1) {
    await sleep(TICK_MS, undefined, { signal: tools.signal }).catch(() => undefined)
    tools.progress({ done, total: ticks, unit: 'ticks' })
    await tools.checkpoint({ ticks: done })
  }
}
